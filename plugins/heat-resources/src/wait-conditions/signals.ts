import { type Json, type JsonMap, pythonJson, pythonText, ResourceFailure, type Signalled } from '@hearth/core/plugin'

/** What a handle keeps of one signal, by the signal's id: Heat keeps the same in the handle's metadata. */
export interface Sent {
  readonly status: 'SUCCESS' | 'FAILURE'
  readonly reason: Json
  readonly data: Json
}
export type Signals = Readonly<Record<string, Sent>>

export const signalsIn = (received: JsonMap): Signals => received as unknown as Signals

/** How the two families name what a signal says. */
interface Keys {
  readonly status: string
  readonly reason: string
  readonly data: string
  readonly id: string
}
const looseKeys: Keys = { status: 'status', reason: 'reason', data: 'data', id: 'id' }
const wholeKeys: Keys = { status: 'Status', reason: 'Reason', data: 'Data', id: 'UniqueId' }

/** Heat's words, and what would have been right. */
const malformed = ({ status, reason, data, id }: Keys, needed: 'all' | 'any'): ResourceFailure =>
  new ResourceFailure(
    `Metadata format invalid; expected a map with ${needed} of ${id}, ${data}, ${reason} and ${status} (SUCCESS or FAILURE), and nothing else`,
    'ValueError',
  )

/** One more signal, which may leave out everything. @throws ResourceFailure if it says something else. */
export function withLooseSignal(received: JsonMap, details: Json | undefined): Signalled {
  const number = Object.keys(received).length + 1
  const given = details ?? {}
  if (typeof given !== 'object' || Array.isArray(given)) throw malformed(looseKeys, 'any')
  const standard = { reason: `Signal ${number} received`, data: null, id: number, status: 'SUCCESS' }
  return withSignal(received, { ...standard, ...given }, looseKeys, 'any')
}

/** One more signal, which says everything or nothing. @returns undefined for nothing. @throws ResourceFailure */
export function withWholeSignal(received: JsonMap, details: Json | undefined): Signalled | undefined {
  if (details === undefined || details === null) return undefined
  if (typeof details !== 'object' || Array.isArray(details)) throw malformed(wholeKeys, 'all')
  return withSignal(received, details, wholeKeys, 'all')
}

/** One with an id that is known takes the place of that one. */
function withSignal(received: JsonMap, said: JsonMap, keys: Keys, needed: 'all' | 'any'): Signalled {
  const { [keys.status]: status, [keys.reason]: reason, [keys.data]: data, [keys.id]: id } = said
  const isWhole = Object.keys(said).length === 4 && reason !== undefined && data !== undefined && id !== undefined
  if (!isWhole || (status !== 'SUCCESS' && status !== 'FAILURE')) throw malformed(keys, needed)
  const sent: Sent = { status, reason, data }
  return {
    received: { ...received, [keyOf(id)]: sent as unknown as JsonMap },
    reason: `status:${status} reason:${pythonText(reason)}`,
  }
}

/** Why, of the signals with this status, in the order of their ids' first coming. */
export const reasonsOf = (signals: Signals, status: Sent['status']): string =>
  Object.values(signals)
    .filter(sent => sent.status === status)
    .map(({ reason }) => pythonText(reason))
    .join(';')

/** JSON text of what each signal brought, by id: the attribute `data` of a condition. */
export const dataOf = (signals: Signals): string =>
  pythonJson(Object.fromEntries(Object.entries(signals).map(([id, { data }]) => [id, data])))

/** What JSON makes of an id that is no text. */
const keyOf = (id: Json): string => (typeof id === 'string' ? id : pythonJson(id))
