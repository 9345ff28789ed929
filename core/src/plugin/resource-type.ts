import type { Transaction } from '@hearth/db/transaction'
import type { ServiceIdentifier } from 'inversify'
import type { Children } from './children.js'
import type { Json, JsonMap } from './json.js'
import type { AttributeSchemas, MaybeUnknown, Properties, PropertySchemas, SupportStatus } from './schema.js'

/** What a step answers: it is finished, it wants to be called again, or the resource must be replaced instead. */
export type Progress = Done | Again | Replace
/** The step is finished. */
export interface Done {
  readonly kind: 'done'
  /** Cached with the resource. Absent: those stored stay. */
  readonly attributes?: JsonMap
  /** Value of get_resource. Absent: the physical id, else the name. */
  readonly reference?: string
  /** Kept encrypted. Absent: what is stored stays. */
  readonly data?: JsonMap
  readonly physicalId?: string
  /** True: its attributes are secret. They are kept encrypted, and so is what is made of them. */
  readonly secret?: boolean
}
/** Call the step again: later, or once something has happened. Its cursor is stored; nothing is held meanwhile. */
export interface Again {
  readonly kind: 'again'
  /** Handed to the next call, by whichever worker makes it. */
  readonly cursor: Json
  readonly wake: { readonly afterMs: number } | { readonly on: 'signal' | 'child-stack'; readonly deadline: Date }
}
/** The resource cannot become what is wanted: another is to take its place. */
export interface Replace {
  readonly kind: 'replace'
  readonly because: string
}
/** Answers that a step is finished. What is left out stays as it is stored. */
export const done = (result: Omit<Done, 'kind'> = {}): Done => Object.freeze({ kind: 'done', ...result })
/** Answers that a step is to be called again. */
export const again = (cursor: Json, wake: Again['wake']): Again => Object.freeze({ kind: 'again', cursor, wake })
/** Answers that the resource must be replaced, and why. */
export const replace = (because: string): Replace => Object.freeze({ kind: 'replace', because })

/** What a signal means to a resource. */
export interface Signalled {
  /** What is kept from now on, encrypted. Only signals write it, so nothing that a step does loses one. */
  readonly received: JsonMap
  /** For the event: `Signal: <reason>`. Absent: Heat's words for what the signal carried, alone. */
  readonly reason?: string
}

/** What a signal means to the stack inside another resource of the same stack. */
export interface Adjusting {
  /** What get_resource gives for it. Its type has `Children.adjust`. */
  readonly resource: string
  /** What that gets. */
  readonly how: JsonMap
}

/** Where a resource is signalled. */
export interface SignalUrl {
  /** For callers of the API. */
  readonly plain: string
  /** For whoever knows it, without a token: POST or PUT. Dies with this incarnation; safe in a shell without quotes. */
  readonly signed: string
}

/**
 * What a step is given. Hand it on as it is: `required` and `signalUrl` are worked out for those who ask, and a copy made by
 * spreading it has neither.
 */
export interface StepContext {
  readonly stack: { readonly id: string; readonly name: string; readonly project: string }
  /** `physicalName` is Heat's generated name, `<stack>-<resource>-<12 chars>`, stable for this incarnation. */
  readonly resource: {
    readonly id: string
    readonly name: string
    readonly type: string
    readonly physicalName: string
  }
  /** As wanted: resolved, coerced, defaults filled in. Unless it is created or updated: as stored, which is what the last
   *  create or update that succeeded wanted, or a create that failed. */
  readonly properties: Properties
  /** As stored by the last successful create or update; empty for a create. */
  readonly previous: Properties
  /** Top-level names that differ between `previous` and `properties`. */
  readonly changed: readonly string[]
  readonly physicalId: string | null
  readonly data: JsonMap
  /** What signals have left, as it was when the step was called; see `ResourceType.signal`. */
  readonly received: JsonMap
  readonly metadata: JsonMap
  /** What its definition depends on, as stored. Empty unless it is created, updated or adopted. */
  readonly required: readonly StoredResource[]
  /**
   * Made from the address that the API has now. Keep it as `data`: another address would be another value of what others
   * refer to. What has been handed out stays good.
   */
  readonly signalUrl: SignalUrl
  /** How a create or an update is to go about it, as `ResourceType.updatePolicy` has it; else empty. */
  readonly updatePolicy: Properties
  /** Stable over retries, takeover and superseding; an outside create is looked up by it before a second one. */
  readonly idempotencyKey: string
  /** Aborted when the operation is given up (timeout, delete on top, lost lease, stop of the daemon). */
  readonly signal: AbortSignal
  /**
   * Milliseconds since the epoch, by the database's clock as near as it is known. Moments that are kept, in a cursor or as a
   * deadline, are of this clock: the next call may come from another host, whose own clock is another one.
   */
  now(): number
  /**
   * Whether the operation that the step belongs to is over: a newer one, a cancel or a timeout wants what it waits for no
   * more. To be asked by a step that waited and is called again. One that throws then fails its resource, which the newer
   * operation replaces; one that goes on waiting is waited for.
   */
  isOver(): Promise<boolean>
  /** Durable at once, before this resolves. */
  setPhysicalId(id: string): Promise<void>
}

/** What is stored of a resource, as handed to pure members of a type. */
export interface StoredResource {
  readonly name: string
  /** What carries it out. */
  readonly type: string
  readonly physicalId: string | null
  readonly properties: Properties
  readonly attributes: JsonMap
  readonly data: JsonMap
  /** What signals have left. */
  readonly received: JsonMap
  readonly action: string
  readonly status: string
}

/** A resource whose properties are checked. */
export interface Validated {
  /** Its name in the template. */
  readonly name: string
  /** How long its stack has for an operation. */
  readonly timeoutSeconds: number
  /** As `ResourceType.updatePolicy` has it. Absent: the type has none. */
  readonly updatePolicy?: Readonly<Record<string, MaybeUnknown>>
  /**
   * Names of all resources of the template that is checked: what refers to one of them is `Unknown` then. Absent: a step is
   * about to begin, and its references are resolved.
   */
  readonly beside?: ReadonlySet<string>
}

/** What there is beside a resource whose metadata is shown. */
export interface MetadataAround {
  readonly project: string
  /** The state of the stack inside, of types with `children`. Absent: there is none. */
  readonly inside?: { readonly action: string; readonly status: string }
}

/**
 * A kind of resource. Bind instances to the symbol of the same name.
 * Steps are called by whichever engine and worker is at hand; each may be called again after a crash with the same
 * idempotency key, and must then find what it did. A step that waits returns `again` and holds nothing.
 */
export interface ResourceType {
  /** e.g. `OS::Heat::Value`; unique among loaded plugins. */
  readonly name: string
  /** Heat's class name, shown in generated templates and some reasons, e.g. `TestResource`. */
  readonly className: string
  readonly description: string
  readonly support: SupportStatus
  /** `any`: every property is accepted as it is. */
  readonly properties: PropertySchemas | 'any'
  /** `any`: every attribute name is accepted and null unless stored. */
  readonly attributes: AttributeSchemas | 'any'
  /** What the update policy of a resource may say: schemas by name, as of properties. `any`: whatever. Absent: nothing. */
  readonly updatePolicy?: PropertySchemas | 'any'
  /** The steps touch nothing outside of the resource's row and end in one call: they need no durable claim before. */
  readonly effectless?: boolean
  /** False: a FAILED resource of this type is not replaced by the next update. Default true. */
  readonly replaceWhenFailed?: boolean
  /**
   * True: a FAILED resource of this type is updated in place by the next update, even if nothing differs, unless a change
   * replaces it. For what has a place or name of its own, where another one cannot stand beside it. `update` then makes
   * what is not there, also after a create that failed.
   */
  readonly mendWhenFailed?: boolean
  /** True: no change of the definition updates or replaces a resource of this type. */
  readonly unchanging?: boolean
  /**
   * Names of types whose resources become ones of this type, as they are, where a template calls them so: an update in place,
   * with what the other type has stored. For a type that had another name before.
   */
  readonly takesOver?: readonly string[]
  /** True: every update of its stack replaces a resource of this type, whether anything of it changes or not. */
  readonly replacedByUpdates?: boolean
  /**
   * Checks beyond the schema. `properties` may contain `Unknown`s; before a create or an update, when it is called again,
   * they do not. Throw a `PropertyFailure` for the value of a property, else a `ResourceFailure`; the host adds the
   * place in the template.
   */
  validate?(properties: Record<string, MaybeUnknown>, resource: Validated): void
  /**
   * Checks the id of what exists already, which a template gives as `external_id`, before anything is stored; `adopt` refuses
   * the same. Throw a `ResourceFailure`; the host adds the place in the template.
   */
  validateId?(physicalId: string, stack: { readonly project: string }): void
  /** A reason to replace although each changed property may be updated in place. Values may be `Unknown`. */
  needsReplace?(
    previous: Properties,
    wanted: Record<string, MaybeUnknown>,
    changed: readonly string[],
  ): string | undefined
  /** True: `update` may answer `replace`. Preview then says "may be replaced" of what it would update. */
  readonly mayReplace?: boolean
  /** The resource is a stack of its own: the host makes, updates and deletes it, and calls no step, `create` neither. */
  readonly children?: Children
  create(context: StepContext, cursor?: Json): Promise<Progress>
  /** Without it every change of a property replaces. */
  update?(context: StepContext, cursor?: Json): Promise<Progress>
  delete?(context: StepContext, cursor?: Json): Promise<Progress>
  /** Without it the state changes and nothing else. So it is with `resume` and `snapshot`. */
  suspend?(context: StepContext, cursor?: Json): Promise<Progress>
  resume?(context: StepContext, cursor?: Json): Promise<Progress>
  /**
   * Looks whether the resource is as it was left; throws a `ResourceFailure` that says what is wrong. Resources that
   * depend on it are then not checked, all others are; the next update replaces it. Without it the resource is said to
   * be COMPLETE, "CHECK not supported for <type>".
   */
  check?(context: StepContext, cursor?: Json): Promise<Progress>
  /** What it answers as `data` is kept with the resource, and so with the snapshot. */
  snapshot?(context: StepContext, cursor?: Json): Promise<Progress>
  /**
   * The properties, as a template writes them, that bring a resource back to what a snapshot kept of it; pure. Without it
   * they are those that the snapshot's template has.
   */
  restore?(properties: JsonMap, kept: { readonly physicalId: string | null; readonly data: JsonMap }): JsonMap
  /** Deletes the resource and keeps a copy of what it holds, somewhere outside. With it the type takes the deletion
   *  policy `Snapshot`, which is refused without. */
  snapshotDelete?(context: StepContext, cursor?: Json): Promise<Progress>
  /** Takes over what exists as `physicalId`, with the `data` it came with: answers its attributes. Makes nothing.
   *  Without it the resource is taken over as it is. */
  adopt?(context: StepContext, cursor?: Json): Promise<Progress>
  /**
   * Takes a signal: called inside the transaction that stores it, with the resource's row locked, so it has no outside
   * effects and does not wait. Steps of the resource, and of those that depend on it, that are parked `{ on: 'signal' }`
   * are then called again. Undefined: the signal is ignored. A `ResourceFailure` is in an event, SIGNAL_FAILED; only a
   * sender that uses PUT is told.
   * @param tx that transaction, for rows that the signal is about too.
   */
  signal?(
    stored: StoredResource,
    details: Json | undefined,
    tx: Transaction,
  ): Signalled | undefined | Promise<Signalled | undefined>
  /**
   * Instead of `signal`: what a signal means to another resource; pure. The signal counts, and leaves an event, together
   * with the operation of the stack inside that one. Undefined: it is ignored.
   */
  adjusts?(stored: StoredResource, details: Json | undefined): Adjusting | undefined
  /**
   * Asked of each resource that one of this type depends on, when that is deleted: whether what the other has been signalled is
   * forgotten with it. Pure.
   */
  forgets?(stored: StoredResource, other: StoredResource): boolean
  /** What get_resource gives is secret, as an attribute may be. */
  readonly secretReference?: boolean
  /** True: it takes signals also while it is suspended or deleted, which others do not. */
  readonly signalledAlways?: boolean
  /** Attributes and reference that are computed from what is stored (e.g. from encrypted data); pure. */
  derive?(stored: StoredResource): { readonly attributes?: JsonMap; readonly reference?: string }
  /** Shown beside the metadata that its definition says, when somebody asks for it. It changes nothing. */
  metadata?(stored: StoredResource, around: MetadataAround): JsonMap | Promise<JsonMap>
  /**
   * The live view: the properties of what exists as `physicalId`, as steps get them, as far as they can be told. An update
   * that compares with reality lays them over the stored ones. It changes nothing, and heeds `signal`, its deadline.
   * Undefined: nothing is there any more, and the resource is replaced. When it throws, the log says so, and the stored
   * properties are compared. It is not asked of a resource without a physical id: that is replaced. Without it, and of types
   * that are `effectless`, `unchanging` or have `children`, stored properties are compared always.
   */
  observe?(
    stored: StoredResource,
    signal: AbortSignal,
    stack: { readonly project: string },
  ): Promise<JsonMap | undefined>
  /**
   * The attributes declared `live`. Null, or a `ResourceFailure`, when it cannot be read; `NoSuchAttribute` refuses a
   * name that only `'*'` declares. Another error fails the step that asks for it.
   * @param required what it depends on, as stored, if the type says `readsRequired`; else empty.
   */
  read?(stored: StoredResource, attribute: string, required: readonly StoredResource[]): Promise<Json>
  /** `read` needs `required`. */
  readonly readsRequired?: boolean
}
export const ResourceType = Symbol.for('hearth.ResourceType') as ServiceIdentifier<ResourceType>
