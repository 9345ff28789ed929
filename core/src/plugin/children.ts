import type { Json, JsonMap } from './json.js'
import type { Done, StoredResource } from './resource-type.js'
import type { MaybeUnknown, Properties } from './schema.js'

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
   * Where in the properties that stands which is at `path` of the template inside, so that errors point at what the user
   * has written: `resources.0.type` may be `resource_def.type`. Absent, or undefined: it cannot be told.
   */
  written?(path: string): string | undefined
  /**
   * The next operation on the stack inside, of a create or an update of the resource; undefined: it is what is wanted.
   * Asked before each of them; before the first it always answers one. Absent: one leads to what `of` says.
   * A `ResourceFailure` fails the resource.
   */
  next?(wanted: ChildWanted): ChildStage | undefined
  /** What the resource keeps of the stack's outputs once it is reached. Absent: they are its attributes. */
  done?(outputs: JsonMap, context: ChildReached): Omit<Done, 'kind' | 'physicalId'>
  /**
   * The attributes, from the stack inside as it is: with this they are made anew at each use, since the stack may have
   * changed by itself. Absent: what was stored when the resource was last reached.
   */
  now?(outputs: JsonMap, inside: ChildInside): JsonMap
  /**
   * A signal to another resource asks for a change; see `ResourceType.adjusts`. It is asked only while nothing runs on either
   * stack. Undefined: the signal is ignored. A `ResourceFailure` is logged, and the sender not told.
   */
  adjust?(how: JsonMap, context: ChildAdjustable): ChildAdjustment | undefined
  /** Such a change has been reached: what is `received` from now on, which only signals write. */
  adjusted?(note: JsonMap, context: { readonly stored: StoredResource; readonly now: number }): JsonMap
  /**
   * Attributes that follow from what is stored, of any name, with the path into them. Absent: as for other types.
   * A `ResourceFailure` says that there is no such attribute.
   */
  attribute?(stored: StoredResource, attribute: string, path: readonly Json[]): Json
  /**
   * What is certain of an attribute before there is a stack inside, for the check of a template. Undefined: it may have a
   * value. Absent: any may.
   * @param path into it, as far as it is known. @param outputs names of those that the template inside has; absent: it cannot
   *   be told.
   */
  missing?(attribute: string, path: readonly MaybeUnknown[], outputs?: readonly string[]): MissingAttribute | undefined
  /**
   * The attributes of resources in the stack inside that an attribute is made of. The host reads them there whenever
   * somebody asks, unless they are `stored`. Undefined: it is made of none. Absent: none ever is. A `ResourceFailure`
   * says that there is no such resource.
   * @param path into it, as far as it is known.
   * @param stored absent: only to see what would be read; then a type need not know all names.
   */
  inside?(attribute: string, path: readonly MaybeUnknown[], stored?: StoredResource): InsideRead | undefined
  /** All attributes together, for whoever asks for no single one. Absent: those that are declared, each without a path. */
  all?(stored: StoredResource): JsonMap
}
/** An attribute that there will not be. */
export interface MissingAttribute {
  /** True: whoever reads it fails. False: it is null. */
  readonly fails: boolean
  /** What there is, each as it would stand in the place of what is not; the attribute itself: its path is too short. */
  readonly known: readonly string[]
  /** It is a resource inside that has it not: Heat tells all of the path then. Absent: it has no such name itself. */
  readonly inside?: true
}
/** What an attribute of a resource is, of resources in the stack inside it. */
export interface InsideRead {
  /** Their names, in the order of a list. Undefined: all that there are. */
  readonly members: readonly string[] | undefined
  /** What of each: an attribute with the path into it; empty: what get_resource gives. */
  readonly asked: readonly MaybeUnknown[]
  /** The value of the one member; those of all as a list, or as a map by their names. */
  readonly as: 'value' | 'list' | 'map'
  /** `Children.attribute` answers it, from what is stored of the members. */
  readonly stored?: true
}
/** What the resource had stored before the step. */
export interface ChildStored extends Pick<StoredResource, 'attributes' | 'data'> {
  /**
   * Only of an adoption, and while a snapshot is restored: the names of the resources that the data have of the stack inside.
   * For types whose template has names that nothing else tells.
   */
  readonly members?: readonly string[]
  /** Only in a step. */
  readonly around?: ChildAround
}
/** What a step finds around the stack inside. */
export interface ChildAround {
  /** Name of the stack inside. */
  readonly name: string
  /** What the resource depends on, as stored. */
  readonly required: readonly StoredResource[]
}
/** What the stack inside a resource is made from. */
export interface ChildTemplate {
  /** Its text, what that says, or which of the files it is; with an `Unknown` where a value is not known yet. */
  readonly template: Readonly<Record<string, MaybeUnknown>> | string | TemplateFile
  /** Values of its parameters. */
  readonly parameters: Readonly<Record<string, MaybeUnknown>>
  /** Only to check a template: each resource stands for so many that are alike, which are counted. Absent: 1. */
  readonly standsFor?: number
  /** What an operation on the stack may take, in minutes, if that is less than what is left around. Absent: as around. */
  readonly timeoutMinutes?: number
  /** Meanings of types in there, where the environment gives them none. */
  readonly types?: Readonly<Record<string, string>>
}
/** The template is the file of this name, which came with the stack around. */
export class TemplateFile {
  private static readonly brand = Symbol.for('hearth.TemplateFile')
  constructor(readonly name: string) {
    Object.defineProperty(this, TemplateFile.brand, { value: true })
  }
  static is(value: unknown): value is TemplateFile {
    return typeof value === 'object' && value !== null && TemplateFile.brand in value
  }
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
  /**
   * Only while a snapshot is restored: what the host makes of the definition of a resource, as `template` has it then. Types may
   * bring the resource back by other properties than it was given.
   */
  restored?(name: string, definition: JsonMap): JsonMap
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
/** What there is when a signal asks for a change of the stack inside. */
export interface ChildAdjustable {
  readonly stored: StoredResource
  readonly inside: ChildInside
  /** Milliseconds since the epoch. */
  readonly now: number
  /** A text that no other change has, to make names from. */
  readonly seed: string
}
/** A change of the stack inside, by a signal. */
export interface ChildAdjustment extends ChildTemplate {
  /** Handed to `adjusted` once it is reached. */
  readonly note: JsonMap
}
