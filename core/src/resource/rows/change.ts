import { randomUUID } from 'node:crypto'
import type { NewResourceRow, ResourceState, ResourceWrite } from '@hearth/db'
import type { Json, JsonMap, ResourceChange, StackRef } from '../../plugin/index.js'
import { splitAdopted } from './adopted.js'
import { sealHidden } from '../secrets/hidden.js'
import { type Incarnation, typeColumns } from './incarnation.js'
import { type KeptSecrets, sealTold } from '../secrets/kept-secrets.js'
import { physicalName } from '../physical-name.js'
import type { Secrets } from '../secrets/secrets.js'

/** Columns that a step may change. */
export interface State {
  readonly declaredType: string
  readonly type: string
  readonly action: string
  readonly status: string
  readonly statusReason: string
  readonly physicalId: string | null
  readonly properties: JsonMap
  /** Names of those that are kept encrypted. */
  readonly hidden: readonly string[]
  readonly kept: KeptSecrets | null
  readonly attributes: JsonMap
  readonly reference: string | null
  readonly data: JsonMap
  readonly metadata: JsonMap
  readonly template: string | null
  readonly requires: readonly string[] | null
  readonly digest: string | null
  readonly deletionPolicy: string | null
  readonly externalId: string | null
  readonly cursor: Json
  readonly hook: string | null
}

/** Collects what one call of a step does to one resource's row, with the events that report it. */
export class Change implements ResourceChange {
  readonly resource: string
  private readonly state: State
  private stateChanged = false
  private readonly events: ResourceWrite['events'][number][] = []
  private inserted: NewResourceRow | undefined
  private removed = false
  private forgets: ((other: Incarnation) => boolean) | undefined
  private senders: readonly Pick<Incarnation, 'id' | 'signals'>[] = []

  /** @param from the row. @param state what it holds, or will by what has been written of it. */
  constructor(
    readonly from: Incarnation,
    private readonly stack: StackRef,
    state: State = from,
  ) {
    this.resource = from.id
    this.state = copyOf(state)
  }

  /** What has been set by now: it changes with what is set later. */
  get now(): Readonly<State> {
    return this.state
  }

  set(patch: Partial<State>): this {
    Object.assign(this.state, patch)
    this.stateChanged = true
    return this
  }

  /** Makes changes of the same row that begin with what this one has set by now, and have none of its events. */
  forks(): () => Change {
    const state = copyOf(this.state)
    return () => new Change(this.from, this.stack, state)
  }

  /**
   * Moves to another action or status and reports it; the same one again is no change and writes no event.
   * @param properties what the event shows of them: given when they are news, without what must not be shown. An event
   * that has none shows those of the event before.
   */
  enter(action: string, status: string, statusReason = 'state changed', properties: JsonMap | null = null): this {
    if (this.state.action === action && this.state.status === status && status === 'IN_PROGRESS') return this
    this.set({ action, status, statusReason })
    this.report(action, status, statusReason, properties)
    return action === 'ADOPT' && status === 'FAILED' ? this.disown() : this
  }

  report(action: string, status: string, statusReason: string, properties: JsonMap | null = null): this {
    const { id, name } = this.from
    this.events.push({
      id: randomUUID(),
      stackId: this.stack.id,
      rootId: this.stack.rootId,
      resourceName: name,
      resourceType: this.state.declaredType,
      // An event names the physical resource even before there is one: by the name it will get.
      physicalId: this.state.physicalId ?? physicalName(this.stack.name, name, id),
      action,
      status,
      statusReason,
      properties,
    })
    return this
  }

  /**
   * What could not be adopted is not this stack's, whatever its user says: nothing may ever update or delete it. What
   * stands outside by `external_id` never is; the data of a stack inside are what another attempt makes it of.
   */
  private disown(): this {
    const { externalId, data } = this.state
    if (externalId !== null || splitAdopted(data).inside !== undefined) return this
    return this.set({ physicalId: null, data: {} })
  }

  insert(row: NewResourceRow): this {
    this.inserted = row
    return this
  }

  /** The step waits from now on for signals of these, too, which had had so many when it looked at them. */
  awaits(senders: readonly Pick<Incarnation, 'id' | 'signals'>[]): this {
    this.senders = senders
    return this
  }

  get awaited(): { readonly waiting: string; readonly sender: string; readonly seen: number }[] {
    return this.senders.map(({ id, signals }) => ({ waiting: this.resource, sender: id, seen: signals }))
  }

  /** What those that it depends on have been signalled is forgotten, of which this holds. */
  forget(holds: (other: Incarnation) => boolean): this {
    this.forgets = holds
    return this
  }

  /** Undefined: nothing is. */
  get forgetting(): { readonly among: readonly string[]; readonly holds: (other: Incarnation) => boolean } | undefined {
    return this.forgets && { among: this.from.requires ?? [], holds: this.forgets }
  }

  /** Whether one of its events says so. */
  reports(action: string, status: string): boolean {
    return this.events.some(event => event.action === action && event.status === status)
  }

  /** The row stays after all, with the state that was reported last. */
  keep(): this {
    const last = this.events.at(-1)
    if (!this.removed || last === undefined) return this
    this.removed = false
    return this.set({ action: last.action, status: last.status, statusReason: last.statusReason })
  }

  remove(): this {
    this.removed = true
    return this
  }

  /** The incarnation that replaces this one. */
  get replacement(): NewResourceRow | undefined {
    return this.inserted
  }

  get isRemoved(): boolean {
    return this.removed
  }

  /** Absent: the row stays as it is. */
  get outcome(): Readonly<State> | undefined {
    return this.stateChanged ? this.state : undefined
  }

  /** Row form, data sealed. */
  toWrite(secrets: Secrets): ResourceWrite {
    const write: { -readonly [K in keyof ResourceWrite]: ResourceWrite[K] } = { id: this.resource, events: this.events }
    if (this.removed) write.remove = true
    else if (this.stateChanged) write.state = rowState(this.state, secrets)
    if (this.inserted !== undefined) write.insert = this.inserted
    return write
  }
}

/** Field by field, here and below: a spread of an incarnation costs as much as all else that a step does to it. */
const copyOf = (state: State): State => ({
  declaredType: state.declaredType,
  type: state.type,
  action: state.action,
  status: state.status,
  statusReason: state.statusReason,
  physicalId: state.physicalId,
  properties: state.properties,
  hidden: state.hidden,
  kept: state.kept,
  attributes: state.attributes,
  reference: state.reference,
  data: state.data,
  metadata: state.metadata,
  template: state.template,
  requires: state.requires,
  digest: state.digest,
  deletionPolicy: state.deletionPolicy,
  externalId: state.externalId,
  cursor: state.cursor,
  hook: state.hook,
})

function rowState(state: State, secrets: Secrets): ResourceState {
  const { type, implementation } = typeColumns(state.declaredType, state.type)
  const { properties, hiddenProperties } = sealHidden(state.properties, state.hidden, secrets)
  const told = state.kept === null ? undefined : sealTold(state.kept, state, secrets)
  return {
    type,
    implementation,
    action: state.action,
    status: state.status,
    statusReason: state.statusReason,
    physicalId: state.physicalId,
    properties,
    hiddenProperties,
    attributes: told === undefined ? state.attributes : told.attributes,
    reference: told === undefined ? state.reference : told.reference,
    data: Object.keys(state.data).length === 0 ? null : secrets.seal(state.data),
    metadata: told === undefined ? state.metadata : told.metadata,
    sealed: told === undefined ? null : told.sealed,
    templateId: state.template,
    requires: state.requires,
    definitionDigest: state.digest,
    deletionPolicy: state.deletionPolicy,
    externalId: state.externalId,
    cursor: state.cursor,
    hook: state.hook,
  }
}
