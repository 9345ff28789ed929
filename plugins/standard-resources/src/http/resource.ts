import {
  done,
  type Json,
  type JsonMap,
  type Progress,
  replace,
  ResourceFailure,
  type ResourceType,
  type StepContext,
  type StoredResource,
  Unknown,
} from '@hearth/core/plugin'
import type { Surroundings } from '../namespace.js'
import { type Answer, Outbound } from '../outbound/index.js'
import { declaredUrl, fixedUrl, goesToUrl, updateOf, type Wanted, wantedOf } from './declared.js'
import { valueAt, valuesAt } from './json-path.js'
import { asText, placeholdersIn } from './placeholders.js'
import { documentOf, equal, holds, isGone, isSuccess, requestOf, urlOf } from './requests.js'
import { attributes, properties } from './schema.js'
import { Talk } from './talk.js'
import { refusedId, unanswered, unansweredKey, urlIn } from './unanswered.js'
import { checkHosts, checkId, validate } from './validate.js'

/** Properties whose change is a change of the object; others are about how it is handled. */
const telling = ['create', 'update', 'expect']

/** An object of any REST API. */
export const httpResource = ({ options }: Surroundings): ResourceType => {
  const outbound = new Outbound(options)
  type Work = (talk: Talk) => Promise<Progress>
  const hold = (context: StepContext, cursor: Json | undefined, work: Work): Promise<Progress> =>
    Talk.hold(outbound, context, cursor, work)

  const create = (context: StepContext, cursor?: Json): Promise<Progress> =>
    hold(context, cursor, async talk => {
      const answer = talk.state.sent === undefined ? await make(talk, context) : undefined
      return settled(talk, context, answer)
    })

  return {
    name: 'Hearth::HTTP::Resource',
    className: 'HttpResource',
    description:
      'An object of any REST API, made, read, changed and removed by the requests that its properties declare. Hearth connects to whom the operator allows, and to nobody else.',
    support: { status: 'SUPPORTED' },
    properties,
    attributes,
    mendWhenFailed: true,
    mayReplace: true,
    validate: wanted => {
      validate(wanted)
      checkHosts(wanted, options)
    },
    validateId: id => checkId(id, options),
    needsReplace,
    create,
    update: (context, cursor) => {
      if (urlIn(context.physicalId) === null) return create(context, cursor)
      return hold(context, cursor, async talk => {
        if (talk.state.sent === true) return settled(talk, context)
        const { read } = talk.wanted
        const change = updateOf(talk.wanted)
        const tells = context.changed.some(name => telling.includes(name))
        const seen = read === null || tells ? undefined : await talk.look(read)
        const isThere = read === null || tells || seen !== undefined
        if (isThere && change !== null && (tells || !isAsExpected(talk.wanted, seen))) {
          const answer = await talk.change(change)
          if (answer !== undefined) return settled(talk, context, answer)
        } else if (isThere) {
          if (isAsExpected(talk.wanted, seen)) return settled(talk, context, seen)
          return replace('it is not as expected, and no request changes it')
        }
        if (fixedUrl(talk.wanted) === undefined) return replace('it is not there any more')
        return settled(talk, context, await make(talk, context))
      })
    },
    delete: (context, cursor) =>
      hold(context, cursor, async talk => {
        const { delete: remove, gone, read } = talk.wanted
        if (talk.url === null || remove === null) return done()
        if (talk.state.sent === undefined) {
          await talk.change(remove)
          talk.state.sent = true
        }
        if (gone === null || read === null || (await talk.look(read)) === undefined) return done()
        return talk.wait(gone, 'it was still there')
      }),
    check: (context, cursor) =>
      hold(context, cursor, async talk => {
        const { read } = talk.wanted
        if (read === null) return done()
        const answer = await talk.look(read)
        if (answer === undefined) throw new ResourceFailure(`nothing is at ${context.physicalId} any more.`)
        refuseDifferences(talk.wanted, answer)
        return done()
      }),
    adopt: (context, cursor) =>
      hold(context, cursor, async talk => {
        const { read } = talk.wanted
        if (read === null) return done()
        const answer = await talk.look(read)
        if (answer === undefined) throw new ResourceFailure(`nothing is at ${context.physicalId}.`)
        return finished(talk, answer)
      }),
    observe: (stored, signal) => observe(outbound, stored, signal),
    derive: ({ physicalId, data }) => ({
      attributes: {
        url: urlIn(physicalId),
        id: data.id ?? null,
        status: data.status ?? null,
        body: data.body ?? null,
        values: data.values ?? {},
      },
    }),
  }
}

/**
 * Sends the request that makes the object. Its URL is durable as early as it is known: before the request if it is declared,
 * else as soon as there is an answer. Until then its key is: an answer that was lost is asked for again under the same key, by
 * another step, too. One that was heard is not asked for again: the object itself is looked at.
 */
async function make(talk: Talk, context: StepContext): Promise<Answer | undefined> {
  const { wanted } = talk
  const declared = declaredUrl(wanted)
  const known = declared === undefined || declared.includes('{{id}}') ? undefined : urlOf(declared, talk.variables).href
  const heard = known === undefined && talk.url !== null
  const before = context.physicalId
  talk.mayRun = heard || (known === undefined ? unansweredKey(before) !== undefined : before === known)
  if (!heard) await context.setPhysicalId(known ?? unanswered(talk.key))
  const { read } = wanted
  const answer =
    heard && read !== null
      ? await talk.look({ ...read, url: '{{url}}' })
      : await talk.change(wanted.create).catch(async error => {
          // What may be at its URL is somebody else's, or nothing; or the key is known for another request, and would be for ever.
          const isOtherKey = !heard && known === undefined && talk.refusedBy === 422
          const isRefused = talk.refusedBy !== undefined || talk.unsent
          const isNotMade = isRefused && (!talk.mayRun || isOtherKey)
          if (isNotMade) await context.setPhysicalId(refusedId)
          throw error
        })
  if (answer === undefined) throw new ResourceFailure(`nothing is at ${context.physicalId} any more.`)
  talk.state.id = valueAt(wanted.id, documentOf(answer))
  if (known === undefined && !heard) await context.setPhysicalId(urlAfter(talk, answer))
  talk.state.sent = true
  return answer
}

/**
 * Where the object is, by what the answer to create says.
 * @throws ResourceFailure if it would be at another server: the next requests would tell that one what authorizes them;
 * if it would be where the object was put into: they are meant for the object alone.
 */
function urlAfter({ wanted, variables }: Talk, { headers }: Answer): string {
  const declared = declaredUrl(wanted)
  if (declared !== undefined) return urlOf(declared, variables).href
  const asked = urlOf(wanted.create.url, variables)
  const { location } = headers
  if (location !== undefined && URL.canParse(location, asked.href)) {
    const { origin, href } = new URL(location, asked.href)
    if (origin === asked.origin) return href
    throw new ResourceFailure(
      `the answer to create names a place at another server, ${origin}; give 'read.url' if the object is looked for there.`,
    )
  }
  if (variables.id === null || variables.id === undefined) {
    if (wanted.create.method !== 'POST' || !goesToUrl(wanted)) return asked.href
    throw new ResourceFailure(
      `the answer to create tells neither a Location nor, by ${wanted.id}, an id, so that nobody knows the URL of the object; give 'id', or 'read.url'.`,
    )
  }
  asked.search = ''
  return `${asked.href.replace(/\/$/, '')}/${encodeURIComponent(asText(variables.id))}`
}

/** The request was answered: waits until the object is ready, and ends with what it shows then. */
async function settled(talk: Talk, context: StepContext, answer?: Answer): Promise<Progress> {
  talk.state.sent = true
  const { read, ready } = talk.wanted
  if (read === null) return finished(talk, answer)
  const seen = await talk.look(read)
  if (ready === null) {
    if (seen === undefined) throw new ResourceFailure(`nothing is at ${context.physicalId}, which the answer named.`)
    return asExpected(talk, seen)
  }
  const document = seen === undefined ? null : documentOf(seen)
  if (seen !== undefined && ready.failed.length > 0 && holds({ path: ready.path, values: ready.failed }, document)) {
    throw new ResourceFailure(
      `it will not be ready: '${ready.path}' is ${JSON.stringify(valueAt(ready.path, document))}.`,
    )
  }
  if (seen !== undefined && holds(ready, document)) return asExpected(talk, seen)
  const now = JSON.stringify(seen === undefined ? null : valueAt(ready.path, document))
  return talk.wait(ready, `'${ready.path}' was ${now}; the object was not ready`)
}

/** It has just been made or changed: nobody else can have changed it since. @throws ResourceFailure */
function asExpected(talk: Talk, seen: Answer): Progress {
  refuseDifferences(talk.wanted, seen)
  return finished(talk, seen)
}

function finished({ wanted, variables, given }: Talk, answer?: Answer): Progress {
  if (answer === undefined) return done()
  const body = documentOf(answer)
  const found = valuesAt(Object.values(wanted.values), body)
  const values = Object.keys(wanted.values).map((name, at) => [name, found[at]])
  const id = variables.id ?? valueAt(wanted.id, body)
  return done({ data: { id, status: answer.status, body, values: Object.fromEntries(values) as JsonMap, given } })
}

function refuseDifferences(wanted: Wanted, answer: Answer): void {
  const wrong = differences(wanted, answer)
  if (wrong.length > 0) throw new ResourceFailure(`it is not as expected: ${wrong.join('; ')}.`)
}

function differences({ expect }: Wanted, answer: Answer): string[] {
  return compared(expect, answer).flatMap(({ path, value, found }) =>
    equal(value, found) ? [] : `'${path}' is ${JSON.stringify(found)}, expected ${JSON.stringify(value)}`,
  )
}

/** What is expected, and what is found in its place. */
function compared(expect: JsonMap, answer: Answer): { path: string; value: Json; found: Json }[] {
  const found = valuesAt(Object.keys(expect), documentOf(answer))
  return Object.entries(expect).map(([path, value], at) => ({ path, value, found: found[at] ?? null }))
}

const isAsExpected = (wanted: Wanted, seen: Answer | undefined): boolean =>
  seen === undefined || differences(wanted, seen).length === 0

/** An object that stays where it is is changed there; another one is replaced if no request changes it in place. */
function needsReplace(
  previous: JsonMap,
  properties: Record<string, unknown>,
  changed: readonly string[],
): string | undefined {
  // It was never made, or was found to be gone: the update sees to that.
  if ((previous.create ?? null) === null || !changed.some(name => telling.includes(name) || name === 'read'))
    return undefined
  if (Unknown.within(properties.create) || Unknown.within(properties.read)) return undefined
  const [was, wanted] = [wantedOf(previous), wantedOf(properties as JsonMap)]
  const [before, after] = [fixedUrl(was), fixedUrl(wanted)]
  if (before !== after) return `its URL changes to ${after ?? 'another one'}`
  if (after !== undefined) return undefined
  if (was.create.url !== wanted.create.url || was.create.method !== wanted.create.method) return 'it is made elsewhere'
  return changed.includes('create') && updateOf(wanted) === null ? 'no request changes it in place' : undefined
}

/** The properties that tell what the object is, as it is: nothing of what made it is left if it is gone. */
async function observe(
  outbound: Outbound,
  { properties, physicalId, data, name }: StoredResource,
  signal: AbortSignal,
): Promise<JsonMap> {
  const wanted = wantedOf(properties)
  if (wanted.read === null) return {}
  // Its place is known; where the request names it in other words, those of its making are not all known any more.
  const url = placeholdersIn(wanted.read.url).includes('url') ? wanted.read.url : '{{url}}'
  const variables = {
    ...(data.given as JsonMap | undefined),
    url: urlIn(physicalId),
    id: data.id ?? null,
    resource: name,
  }
  const request = requestOf({ ...wanted.read, url }, wanted, variables)
  const answer = await outbound.send(request, { signal })
  if (isGone(answer)) return { create: null }
  if (!isSuccess(answer, wanted.read)) throw new Error(`the answer has the status ${answer.status}`)
  return {
    expect: Object.fromEntries(
      compared(wanted.expect, answer).map(({ path, value, found }) => [path, equal(value, found) ? value : found]),
    ),
  }
}
