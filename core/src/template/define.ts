import { limits } from '@hearth/config'
import * as errors from '../errors.js'
import type { JsonMap } from '../plugin/json.js'
import { Unknown } from '../plugin/schema.js'
import { atOnce, type Pieces } from '../pieces.js'
import type { NamedStack, ParameterSchema } from '../plugin/template-format.js'
import type { NamedChecks } from '../resource/properties/named-constraints.js'
import { refuseUnstorable } from '../resource/properties/storable.js'
import type { TypeRegistry } from '../resource/types.js'
import type { Nesting } from './inside/child.js'
import { checkChild } from './inside/child-checks.js'
import { Conditions } from './conditions.js'
import { StackDefinition } from './definition.js'
import { checkEncryptedNames, type Environment, environmentOf } from './environment/environment.js'
import { doubtEnvironment } from './environment/environment-doubts.js'
import { Allowance } from './functions/allowance.js'
import { Room } from './functions/room.js'
import type { Surroundings } from './functions/rule.js'
import { type Language, plainLanguage } from './language.js'
import { put } from './values/maps.js'
import type { NestedParameters } from './inside/nested-parameters.js'
import { doubtOutputs, parseOutputs } from './output-definition.js'
import type { Facade } from './inside/facade.js'
import { checkParameterGroups } from './parameters/groups.js'
import { Parameters } from './parameters/parameters.js'
import { parseParameterSchemas } from './parameters/schema.js'
import { Parser } from './parser.js'
import { Problems } from './problems.js'
import { ResourceDefinition } from './resources/resource-definition.js'
import { ResourceKinds } from './resources/resource-kinds.js'
import { ResourceRegistry } from './environment/resource-registry.js'
import { checkDuplicates, checkResources, checksOf, requirementsOf } from './resources/resource-checks.js'
import { addResources, checkSections, mappingsOf, sectionOf } from './reading/sections.js'

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
  const { template, stack, types, files, validate = true, strict = true, problems = new Problems(false) } = input
  const { ignoreUnavailable = false, facade } = input
  const language = input.language ?? plainLanguage
  const { checks = language.constraints } = input
  const version = language.formats.versionOf(template)
  const { sections, resource: words } = version.words
  const schemas = parseParameterSchemas(template[sections.parameters], version, problems)
  const environment = environmentFor(input, schemas)
  if (validate) {
    checkTexts(input, environment, problems)
    problems.attempt('environment', () => checkEncryptedNames(environment))
    language.sinks.check(environment.event_sinks, checks, problems.attempts)
  }
  const registry = new ResourceRegistry(environment.resource_registry, problems.attempts)
  const kinds = new ResourceKinds(
    registry,
    types,
    files,
    environment,
    { maxSize: input.nesting.maxTemplateSize, formats: language.formats, stored: !validate },
    resource => `${sections.resources}.${resource}.${words.type}`,
  )
  const snippets = checkSections(
    template,
    language.formats.keys,
    version,
    validate ? input.nesting.count.most : -1,
    problems,
  )

  const pseudo = version.pseudoParameters(stack)
  const secret = facade?.secret === true
  const parameters = new Parameters(schemas, environment, pseudo, strict, checks, new Set(input.unknown), secret)
  const names = new Set<string>()
  const around: Surroundings = {
    version,
    files,
    room,
    language,
    mappings: mappingsOf(template, version, problems.attempts),
    parameter: name => (problems.broken.has(name) ? new Unknown('it is not declared well') : parameters.value(name)),
    hasParameter: name => parameters.has(name),
    isHidden: name => parameters.hidden.has(name),
    secret,
    resources: names,
    condition: name => conditions.truth(name),
    facade: what => facade?.[what] ?? noFacade(validate),
  }
  const parser = new Parser(around, problems, !validate)
  const conditions = new Conditions(
    sectionOf(template, sections.conditions),
    sections.conditions,
    (value, path) => parser.parse(value, path, 'condition'),
    problems.attempts,
  )
  const resources = new Map<string, ResourceDefinition>()
  for (const [name, snippet] of snippets) {
    const path = `${sections.resources}.${name}`
    const { result: definition } = problems.tried(
      path,
      () => new ResourceDefinition(name, snippet, parser, around, problems),
      undefined,
    )
    yield
    if (definition === undefined || definition.type === '') problems.broken.add(name)
    else if (definition.enabled !== false) resources.set(name, definition)
  }
  for (const name of [...resources.keys(), ...problems.broken]) names.add(name)
  if (validate) {
    // Only what is certain to be there: of many that are alike each has the same conditions.
    const certain = [...resources.values()].filter(({ enabled }) => enabled === true).length
    problems.attempt(sections.resources, () => addResources(input.nesting.count, certain))
  }

  if (validate) {
    parameters.validate(problems, sections.parameters, input.nesting.around.length > 0 ? '' : 'environment.parameters')
    problems.attempt(sections.groups ?? '', () =>
      checkParameterGroups(
        sectionOf(template, sections.groups),
        new Set([...parameters.names, ...problems.broken]),
        problems.attempts,
      ),
    )
    conditions.checkTypes()
    for (const resource of resources.values()) {
      problems.attempt(resource.pathOf('type'), () => kinds.check(resource, ignoreUnavailable), resource.name)
    }
    problems.attempt(sections.resources, () =>
      checkDuplicates(parameters.names, new Set(resources.keys()), sections.resources),
    )
  }
  const known = new Set(snippets.keys())
  /** Names of no resource, which was told. */
  const nobodys = new Set<string>()
  const looking = { validate, attempt: problems.attempts, missing: (name: string) => nobodys.add(name) }
  for (const resource of resources.values()) {
    const requires = problems.tried(
      resource.path,
      () => requirementsOf(resource, names, known, looking),
      undefined,
    ).result
    if (requires !== undefined) resource.requires = requires
  }
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
    language,
    resources,
    label: labelBy(resources, kinds),
  }
  const statics = validate ? checksOf(resources, kinds, problems) : undefined
  if (statics !== undefined) {
    const ordered = new StackDefinition({ ...parts, outputs: new Map() })
    const order = problems.attempt(sections.resources, () => ordered.inOrder()) ?? [...resources.keys()]
    const secretTexts = (): string[] => parameters.secretTexts()
    const wrong = yield* checkResources(order, resources, kinds, statics, { ...input, secretTexts }, problems)
    for (const name of order) {
      if (problems.broken.has(name)) continue
      const inside = checkChild(ordered, name, { ...input, problems, given: !wrong.has(name) }, defining)
      yield* problems.attemptIn(`${sections.resources}.${name}`, inside)
    }
  }
  for (const name of nobodys) names.delete(name)
  const outputs = yield* parseOutputs(template[sections.outputs], parser, around, problems)
  if (statics !== undefined) {
    for (const output of outputs.values()) {
      problems.attempt(output.path, () => output.check(statics))
      yield
    }
    if (problems.gathering && input.nesting.around.length === 0) {
      const around = { environment, template, files, types, limits: { formats: language.formats } }
      doubtEnvironment({ ...around, parameters: schemas.keys(), resources: snippets.keys() }, (path, message) =>
        problems.doubt(path, message),
      )
    }
    if (problems.gathering) yield* doubtOutputs(outputs.values(), { room, language, problems })
  }
  problems.settle()
  return new StackDefinition({ ...parts, outputs })
}

/** All that would be stored can be. */
function checkTexts({ template, files, nesting }: Input, environment: Environment, problems: Problems): void {
  problems.attempt('', () => refuseUnstorable('', template))
  // The stacks inside have the same files, and nothing else of the environment.
  if (nesting.around.length > 0) return
  problems.attempt('environment', () => refuseUnstorable('environment', { ...environment }))
  problems.attempt('files', () => refuseUnstorable('files', files))
}

/** A stored template was valid, and is inside of a resource of which nothing is told here. */
function noFacade(validate: boolean): Unknown {
  if (!validate) return new Unknown('it is known inside of a resource')
  throw errors.valueError(
    'It is only known inside of a resource whose type is this template; this stack is in none. Validate the template around, with this one among its files',
  )
}

const nestingOf = ({ nesting, maxResources = -1 }: DefineInput): Nesting =>
  nesting ?? {
    around: [],
    depth: 0,
    maxDepth: limits.maxNestedStackDepth.default,
    maxTemplateSize: limits.maxTemplateSize.default,
    count: { seen: 0, most: maxResources },
  }

function environmentFor(input: DefineInput, schemas: ReadonlyMap<string, ParameterSchema>): Environment {
  const environment = environmentOf(input.environment as JsonMap)
  if (input.dropUnknownParameters !== true) return environment
  const parameters: JsonMap = {}
  for (const [name, value] of Object.entries(environment.parameters))
    if (schemas.has(name)) put(parameters, name, value)
  return { ...environment, parameters }
}

function labelBy(resources: ReadonlyMap<string, ResourceDefinition>, kinds: ResourceKinds): (name: string) => string {
  return name => {
    const resource = resources.get(name)
    return `${(resource && kinds.of(resource)?.className) ?? resource?.type} "${name}"`
  }
}
