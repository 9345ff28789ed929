import { limits } from '@hearth/config'
import { atOnce, type Pieces } from '../pieces.js'
import type { JsonMap } from '../plugin/json.js'
import type { NamedStack } from '../plugin/template-format.js'
import type { NamedChecks } from '../resource/properties/named-constraints.js'
import type { TypeRegistry } from '../resource/types.js'
import { checkDeclarations, checkMeaning, checkOutputs } from './definition-checks.js'
import { StackDefinition } from './definition.js'
import { beginDraft, connectResources, readResources } from './draft.js'
import type { Environment } from './environment/environment.js'
import { Allowance } from './functions/allowance.js'
import { Room } from './functions/room.js'
import type { Nesting } from './inside/child.js'
import type { Facade } from './inside/facade.js'
import type { NestedParameters } from './inside/nested-parameters.js'
import { type Language, plainLanguage } from './language.js'
import { parseOutputs } from './output-definition.js'
import type { Problems } from './problems.js'
import type { ResourceDefinition } from './resources/resource-definition.js'
import type { ResourceKinds } from './resources/resource-kinds.js'
import { checksOf } from './resources/resource-checks.js'

export interface DefineInput {
  readonly template: JsonMap
  readonly environment: Partial<Environment> | JsonMap
  readonly files: Readonly<Record<string, string>>
  readonly stack: NamedStack
  readonly types: TypeRegistry
  /** Absent: as Heat has it by default. */
  readonly language?: Language
  /** Absent: constraints that answer later have no objection. */
  readonly checks?: NamedChecks
  /** False: a stored template, which was valid before. Parameters and conditions are evaluated all the same. */
  readonly validate?: boolean
  /** False: parameters need no value. Default true. */
  readonly strict?: boolean
  /** Parameters that will have a value, which is not known yet. */
  readonly unknown?: readonly string[]
  /** Seconds that an operation on the stack may take, for types that check it. Absent: nobody knows. */
  readonly timeoutSeconds?: number
  /** Resources that the template may have; below zero: any number. */
  readonly maxResources?: number
  /** How far it may be nested. Absent: a root, as deep and as large as usual. */
  readonly nesting?: Nesting
  /** What is told of the resource around. Absent: there is none. */
  readonly facade?: Facade
  /** PATCH: given parameters that the template does not declare are dropped. */
  readonly dropUnknownParameters?: boolean
  /** Types whose service is not there are no errors. */
  readonly ignoreUnavailable?: boolean
  /** Gathers what is wrong; absent: the first thing is thrown. */
  readonly problems?: Problems
  /** What its functions may use, of a stack inside: what is left of those around. Absent: what the language allows. */
  readonly allowance?: Allowance
  /** Told what the stacks inside take, once each is checked. Absent: nobody asks. */
  readonly nested?: NestedParameters
}

/** Makes a definition of a template, its environment and files. Checks in Heat's order. @throws HearthError */
export const define = (given: DefineInput): StackDefinition => atOnce(defining(given))

/** The same in pieces: each checks one part of the template. */
export function defining(given: DefineInput): Pieces<StackDefinition> {
  const room = new Room()
  // Values are let go once they were checked.
  const {
    language = plainLanguage,
    validate = true,
    allowance = new Allowance(validate ? language.steps : Infinity),
  } = given
  return room.together(allowance, definingIn(room, { ...given, allowance, nesting: nestingOf(given) }))
}

/** What a stack inside is checked with. */
export type Input = DefineInput & { readonly nesting: Nesting }

function* definingIn(room: Room, input: Input): Pieces<StackDefinition> {
  const draft = beginDraft(room, input)
  const { template, files, facade } = input
  const { version, environment, registry, kinds, parameters, parser, around, resources, names, problems } = draft
  yield* readResources(draft)
  if (draft.validate) checkDeclarations(draft)
  // Of names of no resource that was told: until the resources are checked they are taken for names of some.
  const nobodys = connectResources(draft)
  for (const name of nobodys) names.add(name)
  const parts = {
    version,
    templateJson: template,
    environment,
    files,
    facade,
    parameters,
    registry,
    kinds,
    room,
    language: around.language,
    resources,
    label: labelBy(resources, kinds),
  }
  const statics = draft.validate ? checksOf(resources, kinds, problems) : undefined
  if (statics !== undefined) {
    yield* checkMeaning(draft, new StackDefinition({ ...parts, outputs: new Map() }), statics, defining)
  }
  for (const name of nobodys) names.delete(name)
  const outputs = yield* parseOutputs(template[version.words.sections.outputs], parser, around, problems)
  if (statics !== undefined) yield* checkOutputs(draft, outputs, statics)
  problems.settle()
  return new StackDefinition({ ...parts, outputs })
}

const nestingOf = ({ nesting, maxResources = -1 }: DefineInput): Nesting =>
  nesting ?? {
    around: [],
    depth: 0,
    maxDepth: limits.maxNestedStackDepth.default,
    maxTemplateSize: limits.maxTemplateSize.default,
    count: { seen: 0, most: maxResources },
  }

function labelBy(resources: ReadonlyMap<string, ResourceDefinition>, kinds: ResourceKinds): (name: string) => string {
  return name => {
    const resource = resources.get(name)
    return `${(resource && kinds.of(resource)?.className) ?? resource?.type} "${name}"`
  }
}
