import type { Transaction } from '@hearth/db/transaction'
import type { ServiceIdentifier } from 'inversify'
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

/** Fails the resource with a reason that the user reads: `<type>: resources.<name>: <message>`. */
export class ResourceFailure extends Error {
  private static readonly brand = Symbol.for('hearth.ResourceFailure')
  /** @param type the exception name that Heat's clients know, e.g. `ValueError`. */
  constructor(
    message: string,
    readonly type = 'ResourceFailure',
    /** Where inside of the resource it failed, e.g. `resources.web`. */
    readonly path?: string,
  ) {
    super(message)
    Object.defineProperty(this, ResourceFailure.brand, { value: true })
  }
  static is(error: unknown): error is ResourceFailure {
    return typeof error === 'object' && error !== null && ResourceFailure.brand in error
  }
}

/** What a signal means to a resource. */
export interface Signalled {
  /** What is kept from now on, encrypted. Only signals write it, so nothing that a step does loses one. */
  readonly received: JsonMap
  /** For the event: `Signal: <reason>`. Absent: Heat's words for what the signal carried. */
  readonly reason?: string
}

/** Where a resource is signalled. */
export interface SignalUrl {
  /** For callers of the API. */
  readonly plain: string
  /** For whoever knows it, without a token: POST or PUT. Dies with this incarnation; safe in a shell without quotes. */
  readonly signed: string
}

/** What a step is given. */
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
  /** Milliseconds since the epoch. */
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

/** The stack inside a resource. All of it is pure. */
export interface Children {
  /** How a path in an error names the template inside, e.g. its file. */
  readonly label: string
  /**
   * What the stack inside is to be in the end. Properties may hold `Unknown`s before everything is known. Undefined: it
   * cannot be told yet.
   * @param stored absent: only to check a template, so that one may stand for many that are alike.
   */
  of(properties: Readonly<Record<string, MaybeUnknown>>, stored?: ChildStored): ChildTemplate | undefined
  /**
   * The next operation on the stack inside, of a create or an update of the resource; undefined: it is what is wanted.
   * Asked before each of them; before the first it always answers one. Absent: one leads to what `of` says.
   * A `ResourceFailure` fails the resource.
   */
  next?(wanted: ChildWanted): ChildStage | undefined
  /** What the resource keeps of the stack's outputs once it is reached. Absent: they are its attributes. */
  done?(outputs: JsonMap, context: ChildReached): Omit<Done, 'kind' | 'physicalId'>
  /**
   * Attributes that follow from what is stored, of any name, with the path into them. Absent: as for other types.
   * A `ResourceFailure` says that there is no such attribute.
   */
  attribute?(stored: StoredResource, attribute: string, path: readonly Json[]): Json
}
/** What the resource had stored before the step. */
export type ChildStored = Pick<StoredResource, 'attributes' | 'data'>
/** What the stack inside a resource is made from. */
export interface ChildTemplate {
  /** Its text, or what that says; with an `Unknown` where a value is not known yet. */
  readonly template: Readonly<Record<string, MaybeUnknown>> | string
  /** Values of its parameters. */
  readonly parameters: Readonly<Record<string, MaybeUnknown>>
}
/** One of several operations on the stack inside. */
export interface ChildStage extends ChildTemplate {
  /** From the end of the operation before. Absent: none. */
  readonly pauseSeconds?: number
  /** Handed to `next` from now on, also after a crash. Absent: what it got last stays. */
  readonly cursor?: Json
}
/** What leads to the next operation on the stack inside. */
export interface ChildWanted {
  readonly action: 'create' | 'update'
  readonly properties: Properties
  readonly updatePolicy: Properties
  readonly stored: ChildStored
  /** Absent: there is no stack yet. */
  readonly inside?: ChildInside
  /** Operations that this create or update has asked for. All of them have succeeded. */
  readonly asked: number
  readonly cursor?: Json
  /** What the operation of the resource's stack may take. */
  readonly timeoutSeconds: number
  /** A text that no other step has, to make names from. */
  readonly seed: string
}
/** A stack inside, as it is. */
export interface ChildInside {
  /** What it was last to be, reached or not. */
  readonly template: JsonMap
  /** Those of its resources that exist, by name. */
  readonly resources: ReadonlyMap<string, ChildResource>
}
/** A resource of a stack inside. */
export interface ChildResource {
  readonly action: string
  readonly status: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}
/** A stack inside that is what was wanted. */
export interface ChildReached {
  readonly properties: Properties
  readonly stored: ChildStored
  readonly stack: { readonly id: string; readonly name: string }
  /** For types with `next`. */
  readonly inside?: ChildInside
  /** Milliseconds since the epoch. */
  readonly now: number
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
  /** What the update policy of a resource may say: schemas by name, as of properties. Absent: nothing. */
  readonly updatePolicy?: PropertySchemas
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
  /** True: every update of its stack replaces a resource of this type, whether anything of it changes or not. */
  readonly replacedByUpdates?: boolean
  /** Checks beyond the schema. `properties` may contain `Unknown`s. Throw a `ResourceFailure` naming what is wrong. */
  validate?(properties: Record<string, MaybeUnknown>, stack: { readonly timeoutSeconds: number }): void
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
   * are then called again. Undefined: the signal is ignored. A `ResourceFailure` is logged, and the sender not told.
   * @param tx that transaction, for rows that the signal is about too.
   */
  signal?(
    stored: StoredResource,
    details: Json | undefined,
    tx: Transaction,
  ): Signalled | undefined | Promise<Signalled | undefined>
  /** True: it takes signals also while it is suspended or deleted, which others do not. */
  readonly signalledAlways?: boolean
  /** Attributes and reference that are computed from what is stored (e.g. from encrypted data); pure. */
  derive?(stored: StoredResource): { readonly attributes?: JsonMap; readonly reference?: string }
  /** Shown beside the metadata that its definition says, when somebody asks for it. It changes nothing. */
  metadata?(stored: StoredResource, stack: { readonly project: string }): JsonMap | Promise<JsonMap>
  /**
   * The live view: the properties of what exists as `physicalId`, as steps get them, as far as they can be told. An update
   * that compares with reality lays them over the stored ones. It changes nothing, and heeds `signal`, its deadline.
   * Undefined: nothing is there any more, and the resource is replaced. When it throws, the log says so, and the stored
   * properties are compared. It is not asked of a resource without a physical id: that is replaced. Without it, and of types
   * that are `effectless`, `unchanging` or have `children`, stored properties are compared always.
   */
  observe?(stored: StoredResource, signal: AbortSignal): Promise<JsonMap | undefined>
  /**
   * The attributes declared `live`. Null when it cannot be read.
   * @param required what it depends on, as stored, if the type says `readsRequired`; else empty.
   */
  read?(stored: StoredResource, attribute: string, required: readonly StoredResource[]): Promise<Json>
  /** `read` needs `required`. */
  readonly readsRequired?: boolean
}
export const ResourceType = Symbol.for('hearth.ResourceType') as ServiceIdentifier<ResourceType>
