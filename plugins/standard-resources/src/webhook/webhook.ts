import { createHmac } from 'node:crypto'
import {
  type EventSink,
  eventMessage,
  type Properties,
  type PropertySchemas,
  ResourceFailure,
  type StackEvent,
} from '@hearth/core/plugin'
import type { Surroundings } from '../namespace.js'
import { flawOfHeader, httpUrl, Outbound } from '../outbound/index.js'

const options: PropertySchemas = {
  url: { type: 'string', description: 'Where events are sent by POST.', required: true, secret: true },
  headers: { type: 'map', description: 'More headers, for example what authorizes the request.', secret: true },
  secret: {
    type: 'string',
    description:
      'What requests are signed with: the header x-hearth-signature is then sha256=, and the HMAC of the body.',
    secret: true,
    constraints: [{ length: { min: 1 } }],
  },
  batch: {
    type: 'integer',
    description: 'Events in one request at most.',
    default: 100,
    constraints: [{ range: { min: 1, max: 200 } }],
  },
}

/** Sends events to an HTTP address, as a list of what Heat puts into a queue. An answer of 2xx has taken them. */
export function webhook(surroundings: Surroundings): EventSink {
  const outbound = new Outbound(surroundings.options)
  return {
    name: 'webhook',
    description: 'Sends events by POST to an HTTP address, as a JSON list.',
    options,
    validate({ url, headers }) {
      httpUrl(url as string, "the header 'authorization'")
      for (const [name, value] of Object.entries(headers ?? {})) {
        if (typeof value !== 'string') throw new ResourceFailure(`headers: the value of '${name}' is not text`)
        const flaw = flawOfHeader(name, value)
        if (flaw !== undefined) throw new ResourceFailure(`headers: ${flaw}`)
      }
    },
    async deliver(events, given, signal) {
      const size = given.batch as number
      for (let from = 0; from < events.length; from += size) {
        await post(outbound, events.slice(from, from + size), given, signal)
      }
    },
  }
}

async function post(
  outbound: Outbound,
  events: readonly StackEvent[],
  { url, headers, secret }: Properties,
  signal: AbortSignal,
): Promise<void> {
  const to = new URL(url as string)
  const body = JSON.stringify(events.map(eventMessage))
  const sent: Record<string, string> = { 'content-type': 'application/json' }
  for (const [name, value] of Object.entries((headers ?? {}) as Record<string, string>))
    sent[name.toLowerCase()] = value
  if (typeof secret === 'string') sent['x-hearth-signature'] = `sha256=${signatureOf(body, secret)}`
  const { status } = await outbound.send({ method: 'POST', url: to, headers: sent, body }, { signal })
  if (status < 200 || status > 299) throw new ResourceFailure(`POST ${to.origin} was answered by ${status}`)
}

const signatureOf = (body: string, secret: string): string => createHmac('sha256', secret).update(body).digest('hex')
