import type { NewResourceRow } from '@hearth/db'
import type { KnownRows } from '../../plugin/index.js'
import { incarnationAfter } from './after.js'
import { Change } from './change.js'
import { freshIncarnation } from './fresh.js'
import type { Incarnation } from './incarnation.js'
import type { NameInStack, RowSource } from './row-source.js'
import type { StackSizes } from '../stack-sizes.js'

/** Later than whatever is stored. */
const newest = new Date(8_640_000_000_000_000)

/**
 * The rows of one stack in memory, as they are once all that was taken is written: those that a plan was made from, those
 * that it adds, and what steps have changed since. A step finds what it would find if it read the rows, to the order of
 * keys: else what it makes of them would not be what an update makes of them later.
 */
export class RowsInHand implements KnownRows, RowSource {
  /** What is stored, or taken. A change is only looked into when somebody asks for its row. */
  private readonly rows = new Map<string, Incarnation | Change>()
  /** Rows that are not stored, and of which nothing was taken. */
  private readonly unstored = new Map<string, NewResourceRow>()
  /** Rows that the first change that was taken of them brings. */
  private readonly due = new Map<string, NewResourceRow>()
  /** What the values of the stack are, with those that are not stored. */
  sizes: StackSizes | undefined
  /** Ids by name, once somebody has asked for one. */
  private ids: Map<string, string[]> | undefined

  constructor(existing: readonly Incarnation[], added: readonly NewResourceRow[]) {
    for (const one of existing) this.rows.set(one.id, one)
    for (const one of added) this.unstored.set(one.id, one)
  }

  isFree(resource: string): boolean {
    const known = this.rows.get(resource)
    if (known === undefined) return this.unstored.has(resource)
    // At a hook, it is let go with the operation before, by whoever accepts this one: later than it was read.
    const { actor, hook } = known instanceof Change ? known.from : known
    return actor === null && hook === null
  }

  take(change: Change, { isAskedFor }: { readonly isAskedFor: boolean }): void {
    const { replacement, resource } = change
    // Else there is no need to keep what it holds until the last of the plan is done.
    if (isAskedFor && !change.isRemoved) this.rows.set(resource, change)
    else this.rows.delete(resource)
    const own = this.unstored.get(resource)
    if (own !== undefined) {
      this.unstored.delete(resource)
      this.due.set(resource, own)
    }
    if (replacement === undefined) return
    this.unstored.set(replacement.id, replacement)
    if (this.ids !== undefined) index(this.ids, replacement)
  }

  async load(): Promise<(id: string) => Incarnation | undefined> {
    return id => this.find(id)
  }

  async loadNamed(names: readonly NameInStack[]): Promise<(name: NameInStack) => readonly Incarnation[]> {
    if (names.length === 0) return () => []
    const ids = this.idsByName()
    return ({ name }) => (ids.get(name) ?? []).flatMap(id => this.find(id) ?? [])
  }

  /** The row to which a change of it belongs, if that is neither stored nor brought by a change before. */
  bring(resource: string): NewResourceRow | undefined {
    const own = this.due.get(resource)
    this.due.delete(resource)
    return own
  }

  /** Rows that no change brings. */
  get missing(): NewResourceRow[] {
    return [...this.unstored.values()]
  }

  private find(id: string): Incarnation | undefined {
    const known = this.rows.get(id)
    if (known === undefined) {
      const fresh = this.unstored.get(id)
      return fresh === undefined ? undefined : freshIncarnation(fresh, newest)
    }
    if (!(known instanceof Change)) return known
    const after = incarnationAfter(known, newest)
    this.rows.set(id, after)
    return after
  }

  private idsByName(): ReadonlyMap<string, readonly string[]> {
    if (this.ids !== undefined) return this.ids
    this.ids = new Map()
    for (const one of this.rows.values()) index(this.ids, one instanceof Change ? one.from : one)
    for (const one of this.unstored.values()) if (!this.rows.has(one.id)) index(this.ids, one)
    return this.ids
  }
}

function index(ids: Map<string, string[]>, { id, name }: { readonly id: string; readonly name: string }): void {
  const same = ids.get(name)
  if (same === undefined) ids.set(name, [id])
  else same.push(id)
}
