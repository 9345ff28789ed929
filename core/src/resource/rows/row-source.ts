import { type Queryable, resources } from '@hearth/db'
import { groupBy } from '../../group-by.js'
import { type Incarnation, incarnationOf } from './incarnation.js'
import type { Secrets } from '../secrets/secrets.js'

/** A name that stands for a resource of a stack. */
export interface NameInStack {
  readonly stackId: string
  readonly name: string
}

/** Where a batch of steps has the rows from that it is about. */
export interface RowSource {
  /** @returns them by id; undefined: it is gone. */
  load(ids: readonly string[]): Promise<(id: string) => Incarnation | undefined>
  /** @returns all incarnations of a name. */
  loadNamed(names: readonly NameInStack[]): Promise<(name: NameInStack) => readonly Incarnation[]>
}

/** The database: one query each. @throws what is wrong with one of the rows, too. */
export const storedRows = (on: Queryable, secrets: Secrets): RowSource => ({
  async load(ids) {
    const rows = await resources.byIds(on, ids)
    const found = new Map(rows.map(row => [row.id, incarnationOf(row, secrets)]))
    return id => found.get(id)
  },
  async loadNamed(names) {
    const rows = groupBy(await resources.named(on, names), keyOf)
    const read = new Map([...rows].map(([key, same]) => [key, same.map(row => incarnationOf(row, secrets))]))
    return name => read.get(keyOf(name)) ?? []
  },
})

export const keyOf = ({ stackId, name }: NameInStack): string => `${stackId} ${name}`
