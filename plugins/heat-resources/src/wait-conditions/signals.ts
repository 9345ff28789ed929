import type { Json, JsonMap, Signalled } from '@hearth/core/plugin'

/** What a handle keeps of one signal, by the signal's id: Heat keeps the same in the handle's metadata. */
export interface Sent {
  readonly status: 'SUCCESS' | 'FAILURE'
  readonly reason: Json
  readonly data: Json
}
export type Signals = Readonly<Record<string, Sent>>

/** How the two families name what a signal says. */
export interface Keys {
  readonly status: string
  readonly reason: string
  readonly data: string
  readonly id: string
}

export const signalsIn = (received: JsonMap): Signals => received as unknown as Signals

/** One more signal; one with an id that is known takes the place of that one. @returns undefined if it says it wrongly. */
export function withSignal(received: JsonMap, said: JsonMap, keys: Keys): Signalled | undefined {
  const { [keys.status]: status, [keys.reason]: reason, [keys.data]: data, [keys.id]: id } = said
  if (Object.keys(said).length !== 4 || (status !== 'SUCCESS' && status !== 'FAILURE')) return undefined
  if (reason === undefined || data === undefined || id === undefined) return undefined
  const sent: Sent = { status, reason, data }
  return {
    received: { ...received, [textOf(id)]: sent as unknown as JsonMap },
    reason: `status:${status} reason:${textOf(reason)}`,
  }
}

/** Why, of the signals with this status, in the order of their ids' first coming. */
export const reasonsOf = (signals: Signals, status: Sent['status']): string =>
  Object.values(signals)
    .filter(sent => sent.status === status)
    .map(({ reason }) => textOf(reason))
    .join(';')

/** JSON text of what each signal brought, by id: the attribute `data` of a condition. */
export const dataOf = (signals: Signals): string =>
  JSON.stringify(Object.fromEntries(Object.entries(signals).map(([id, { data }]) => [id, data])))

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))
