import { fileURLToPath } from 'node:url'
import { again, definePlugin, done, ResourceFailure, ResourceType, type Json } from '@hearth/core/plugin'
import { ContainerModule } from 'inversify'

/** What a daemon loads to have it. */
export const mailboxPlugin = fileURLToPath(import.meta.url)

const type = 'Conformance::Mailbox'
const secondsOfPatience = 60

interface Waiting {
  readonly until: number
}

/** Is created once enough signals have come. Between looking and answering it may think, so that some come meanwhile. */
const mailbox: ResourceType = {
  name: type,
  className: 'Mailbox',
  description: 'Waits for letters.',
  support: { status: 'SUPPORTED' },
  properties: {
    count: { type: 'integer', description: 'Letters to wait for.', default: 1, updateAllowed: true },
    thinks: { type: 'number', description: 'Seconds from looking to answering.', default: 0, updateAllowed: true },
    patience: { type: 'number', description: 'Seconds to wait for them.', default: secondsOfPatience },
  },
  attributes: {
    letters: { description: 'What has come.' },
    url: { description: 'Where letters are taken from everybody.' },
  },
  create: wait,
  update: wait,
  signal({ received }, details) {
    const text = textOf(details)
    if (text === 'ignored') return undefined
    if (text === 'wrong') throw new ResourceFailure('this is no letter')
    return {
      received: { letters: [...lettersOf(received), text] },
      ...(text === 'plain' ? {} : { reason: `got ${text}` }),
    }
  },
  derive: ({ received, data }) => ({ attributes: { letters: lettersOf(received), url: data.url ?? null } }),
}

async function wait(...[context, cursor]: Parameters<ResourceType['create']>): ReturnType<ResourceType['create']> {
  const { count, thinks, patience } = context.properties
  const there = lettersOf(context.received).length
  await new Promise(resolve => setTimeout(resolve, Number(thinks) * 1000))
  if (there >= Number(count))
    return done({ physicalId: context.resource.physicalName, data: { url: context.signalUrl.signed } })
  const { until } = (cursor as unknown as Waiting | undefined) ?? { until: context.now() + Number(patience) * 1000 }
  if (context.now() >= until) throw new ResourceFailure(`${there} of ${Number(count)} received`, 'MailboxTimeout')
  return again({ until }, { on: 'signal', deadline: new Date(until) })
}

const lettersOf = ({ letters }: Readonly<Record<string, Json>>): Json[] => (letters as Json[] | undefined) ?? []

function textOf(details: Json | undefined): string {
  const text = typeof details === 'object' && details !== null && !Array.isArray(details) ? details.text : undefined
  return typeof text === 'string' ? text : ''
}

export const mailboxOf = (properties: Record<string, unknown> = {}, more: object = {}) => ({
  type,
  properties,
  ...more,
})

export default definePlugin({
  name: '@hearth/conformance/mailbox',
  apiVersion: 1,
  contributions: new ContainerModule(({ bind }) => {
    bind(ResourceType).toConstantValue(mailbox)
  }),
})
