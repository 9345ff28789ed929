import { limits } from '@hearth/config'
import * as errors from '../errors.js'
import type { Json, JsonMap } from '../plugin/json.js'
import { Unknown } from '../plugin/schema.js'
import { ResourceFailure, type ResourceType } from '../plugin/resource-type.js'
import type { NamedStack, ParameterSchema } from '../plugin/template-format.js'
import type { NamedChecks } from '../resource/named-constraints.js'
import { checkPropertyNames, coerceProperties } from '../resource/properties.js'
import type { TypeRegistry } from '../resource/types.js'
import { coercePolicy } from '../resource/wanted.js'
import { insideOf, type Nesting, tooDeep } from './child.js'
import { Conditions } from './conditions.js'
import { aroundIn, StackDefinition } from './definition.js'
import { type Environment, environmentOf, refuseUnsupported } from './environment.js'
import { type Checks, unknownScope } from './expression.js'
import { Room } from './functions/room.js'
import type { Surroundings } from './functions/rule.js'
import { type Language, plainLanguage } from './language.js'
import { isMap, put } from './maps.js'
import { parseOutputs } from './output-definition.js'
import type { Facade } from './facade.js'
import { checkParameterGroups } from './parameters/groups.js'
import { Parameters } from './parameters/parameters.js'
import { parseParameterSchemas } from './parameters/schema.js'
import { Parser } from './parser.js'
import { Problems } from './problems.js'
import { compare, repr, truthy, typeOf } from './python.js'
import { checkResourceKeys, ResourceDefinition } from './resource-definition.js'
import { ResourceKinds } from './resource-kinds.js'
import { ResourceRegistry } from './resource-registry.js'
import { didYouMean } from './suggest.js'
import type { Version } from './formats/index.js'
import { laterHint } from './formats/since.js'

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
  /** Seconds that an operation on the stack may take, for types that check it. */
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
}

/** Makes a definition of a template, its environment and files. Checks in Heat's order. @throws HearthError */
export function define(given: DefineInput): StackDefinition {
  const room = new Room()
  // Values are let go once they were checked.
  return room.together(Number.POSITIVE_INFINITY, () => defineIn(room, { ...given, nesting: nestingOf(given) }))
}

type Input = DefineInput & { readonly nesting: Nesting }

function defineIn(room: Room, input: Input): StackDefinition {
  const { template, stack, types, files, validate = true, strict = true, problems = new Problems(false) } = input
  const { ignoreUnavailable = false, facade } = input
  const language = input.language ?? plainLanguage
  const { checks = language.constraints } = input
  const version = language.formats.versionOf(template)
  const { sections } = version.words
  const schemas = parseParameterSchemas(template[sections.parameters], version, problems)
  const environment = environmentFor(input, schemas)
  refuseUnsupported(environment)
  const registry = new ResourceRegistry(environment.resource_registry)
  const kinds = new ResourceKinds(registry, types, files, environment, input.nesting.maxTemplateSize, language.formats)
  const snippets = checkSections(
    template,
    language.formats.keys,
    version,
    validate ? input.nesting.count : { seen: 0, most: -1 },
    problems,
  )

  const pseudo = version.pseudoParameters(stack)
  const parameters = new Parameters(schemas, environment, pseudo, strict, checks, new Set(input.unknown))
  const names = new Set<string>()
  const around: Surroundings = {
    version,
    files,
    room,
    language,
    mappings: mappingsOf(template, version),
    parameter: name => (problems.broken.has(name) ? new Unknown('it is not declared well') : parameters.value(name)),
    hasParameter: name => parameters.has(name),
    hasResource: name => names.has(name),
    condition: name => conditions.truth(name),
    facade: what => facade?.[what] ?? noFacade(strict && validate),
  }
  const parser = new Parser(around)
  const conditions = new Conditions(sectionOf(template, sections.conditions), sections.conditions, (value, path) =>
    parser.parse(value, path, 'condition'),
  )
  const resources = new Map<string, ResourceDefinition>()
  for (const [name, snippet] of snippets) {
    const path = `${sections.resources}.${name}`
    const definition = problems.attempt(path, () => new ResourceDefinition(name, snippet, parser, around), name)
    if (definition === undefined) names.add(name)
    else if (definition.enabled !== false) resources.set(name, definition)
  }
  for (const name of [...resources.keys(), ...problems.broken]) names.add(name)

  if (validate) {
    parameters.validate(problems, sections.parameters)
    problems.attempt(sections.groups ?? '', () =>
      checkParameterGroups(sectionOf(template, sections.groups), new Set([...parameters.names, ...problems.broken])),
    )
    problems.attempt(sections.conditions ?? '', () => conditions.checkTypes())
    for (const resource of resources.values()) {
      problems.attempt(resource.pathOf('type'), () => kinds.check(resource, ignoreUnavailable), resource.name)
    }
    problems.attempt(sections.resources, () => checkDuplicates(parameters.names, new Set(resources.keys())))
  }
  const known = new Set(snippets.keys())
  for (const resource of resources.values()) {
    const path = `${sections.resources}.${resource.name}`
    const requires = problems.attempt(path, () => requirementsOf(resource, names, known, validate))
    if (requires === undefined) problems.broken.add(resource.name)
    else resource.requires = requires
  }
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
    mostValues: language.values,
    resources,
    label: labelBy(resources, kinds),
  }
  if (validate) {
    const ordered = new StackDefinition({ ...parts, outputs: new Map() })
    const order = problems.attempt(sections.resources, () => ordered.inOrder()) ?? [...resources.keys()]
    checkResources(order, resources, kinds, input, problems)
    for (const name of order) {
      if (!problems.broken.has(name))
        problems.attempt(`${sections.resources}.${name}`, () => checkChild(ordered, name, input))
    }
  }
  const outputs = parseOutputs(template[sections.outputs], parser, around, problems)
  if (validate) {
    for (const output of outputs.values()) {
      problems.attempt(output.path, () => output.check(checksOf(resources, kinds)))
    }
  }
  problems.settle()
  return new StackDefinition({ ...parts, outputs })
}

/** A template may be looked at before there is a resource around; a stack that is made of it has to have one. */
function noFacade(needed: boolean): Unknown {
  if (!needed) return new Unknown('it is known inside of a resource')
  throw errors.valueError('It is only known inside of a resource whose type is this template; this stack is in none')
}

const nestingOf = ({ nesting, maxResources = -1 }: DefineInput): Nesting =>
  nesting ?? {
    depth: 0,
    maxDepth: limits.maxNestedStackDepth.default,
    maxTemplateSize: limits.maxTemplateSize.default,
    count: { seen: 0, most: maxResources },
  }

/** The stack inside a resource, as far as it can be told before anything exists: its names, shapes, types and references. */
function checkChild(definition: StackDefinition, name: string, input: Input): void {
  const children = definition.typeOf(name)?.children
  const resource = definition.resources.get(name)
  if (children === undefined || resource === undefined) return
  insideOf(name, children.label, () => {
    const { nesting } = input
    const { depth, maxDepth } = nesting
    if (depth >= maxDepth) throw tooDeep(maxDepth)
    const resolved = { properties: resource.resolveProperties(unknownScope), facade: resource.facade(unknownScope) }
    const content = definition.child(name, resolved, nesting.maxTemplateSize)
    if (content === undefined) return
    define({
      template: content.content,
      environment: content.environment,
      files: content.files,
      ...aroundIn(content),
      stack: { ...input.stack, id: null, name: `${input.stack.name}-${name}` },
      types: input.types,
      ...(input.language === undefined ? {} : { language: input.language }),
      ...(input.checks === undefined ? {} : { checks: input.checks }),
      strict: false,
      ...(input.timeoutSeconds === undefined ? {} : { timeoutSeconds: input.timeoutSeconds }),
      nesting: { ...nesting, depth: depth + 1 },
    })
  })
}

function environmentFor(input: DefineInput, schemas: ReadonlyMap<string, ParameterSchema>): Environment {
  const environment = environmentOf(input.environment as JsonMap)
  if (input.dropUnknownParameters !== true) return environment
  const parameters: JsonMap = {}
  for (const [name, value] of Object.entries(environment.parameters))
    if (schemas.has(name)) put(parameters, name, value)
  return { ...environment, parameters }
}

const sectionOf = (template: JsonMap, name: string | undefined): Json | undefined =>
  name === undefined ? undefined : template[name]

/** The resources' snippets, after the names of sections and of resources' keys were checked. */
function checkSections(
  template: JsonMap,
  versionKeys: readonly string[],
  version: Version,
  count: Nesting['count'],
  problems: Problems,
): Map<string, JsonMap> {
  const wrong = (message: string): Error => errors.stackValidationFailed({ message })
  const { sections, resourcesMap } = version.words
  const known: readonly (string | undefined)[] = [...versionKeys, ...Object.values(sections)]
  for (const section of Object.keys(template)) {
    problems.attempt(section, () => {
      if (known.includes(section)) return
      const hint =
        section === 'conditions' ? laterHint(version, '2016-10-14') : didYouMean(section, Object.values(sections))
      throw wrong(`The template section is invalid: ${section}${hint}`)
    })
  }
  const resources = template[sections.resources] ?? null
  if (!truthy(resources)) return new Map()
  if (!isMap(resources)) throw wrong(`${resourcesMap} Found a [${typeOf(resources as Json)}] instead`)
  const snippets = new Map<string, JsonMap>()
  for (const [name, snippet] of Object.entries(resources)) {
    const path = `${sections.resources}.${name}`
    const checked = problems.attempt(path, () => checkResourceKeys(name, snippet, version), name)
    if (checked !== undefined) snippets.set(name, checked)
  }
  count.seen += snippets.size
  if (count.most >= 0 && count.seen > count.most) {
    throw errors.requestLimitExceeded('Maximum resources per stack exceeded.')
  }
  return snippets
}

/** @throws HearthError with the path of what is no map of maps. */
function mappingsOf(template: JsonMap, { words }: Version): JsonMap {
  const name = words.sections.mappings
  const mappings = sectionOf(template, name) ?? {}
  const wrong = (path: string, what: Json): Error =>
    errors.stackValidationFailed({ path, message: `Mappings must be a map of maps. Found a ${typeOf(what)} instead` })
  if (!isMap(mappings)) throw wrong(name ?? '', mappings)
  for (const [key, mapping] of Object.entries(mappings)) {
    if (!isMap(mapping)) throw wrong(`${name}.${key}`, mapping)
  }
  return mappings
}

function checkDuplicates(parameters: readonly string[], resources: ReadonlySet<string>): void {
  const both = parameters.filter(name => resources.has(name)).sort(compare)
  if (both.length === 0) return
  throw errors.stackValidationFailed({ message: `Duplicate names {${both.map(repr).join(', ')}}` })
}

/** @throws HearthError InvalidTemplateReference */
function requirementsOf(
  { name, type, externalId, dependsOn, references }: ResourceDefinition,
  enabled: ReadonlySet<string>,
  known: ReadonlySet<string>,
  validate: boolean,
): string[] {
  const requires = new Set<string>()
  if (externalId !== null) {
    if (validate && dependsOn.length > 0) throw errors.invalidExternalDependency(type, externalId)
    return []
  }
  for (const required of dependsOn) {
    if (enabled.has(required)) requires.add(required)
    else if (validate && !known.has(required)) throw errors.invalidTemplateReference(required, name)
  }
  for (const { resource, path } of references) {
    if (enabled.has(resource)) requires.add(resource)
    else if (validate) throw errors.invalidTemplateReference(resource, path)
  }
  return [...requires]
}

function labelBy(resources: ReadonlyMap<string, ResourceDefinition>, kinds: ResourceKinds): (name: string) => string {
  return name => {
    const resource = resources.get(name)
    return `${(resource && kinds.of(resource)?.className) ?? resource?.type} "${name}"`
  }
}

function checksOf(resources: ReadonlyMap<string, ResourceDefinition>, kinds: ResourceKinds): Checks {
  return {
    hasResource: name => resources.has(name),
    hasAttribute: (name, attribute) => {
      const resource = resources.get(name)
      const type = resource && kinds.of(resource)
      if (type?.children?.attribute !== undefined) return true
      const attributes = type?.attributes
      return (
        attributes === undefined ||
        attributes === 'any' ||
        attribute === 'show' ||
        Object.hasOwn(attributes, attribute) ||
        Object.hasOwn(attributes, '*')
      )
    },
  }
}

function checkResources(
  order: readonly string[],
  resources: ReadonlyMap<string, ResourceDefinition>,
  kinds: ResourceKinds,
  input: DefineInput,
  problems: Problems,
): void {
  const statics = checksOf(resources, kinds)
  for (const name of order) {
    const resource = resources.get(name)
    if (resource === undefined || problems.broken.has(name)) continue
    const type = kinds.of(resource)
    if (type === undefined) continue
    problems.attempt(resource.pathOf('properties'), () => checkResource(resource, type, statics, input))
  }
}

function checkResource(
  resource: ResourceDefinition,
  type: ResourceType,
  statics: Checks,
  { timeoutSeconds = 0, checks = resource.constraints }: DefineInput,
): void {
  resource.check(statics)
  if (resource.deletionPolicy === 'Snapshot' && type.snapshotDelete === undefined) {
    throw errors.stackValidationFailed({
      path: resource.pathOf('deletionPolicy'),
      message: '"Snapshot" deletion policy not supported',
    })
  }
  coercePolicy(type, resource.resolveUpdatePolicy(unknownScope), resource.pathOf('updatePolicy'), checks)
  const at = resource.pathOf('properties')
  checkPropertyNames(type.properties, resource.propertyNames, at)
  // The properties of an external resource are not used.
  if (resource.externalId !== null) return
  const properties = coerceProperties(type.properties, resource.resolveProperties(unknownScope), at, checks)
  try {
    type.validate?.(properties, { timeoutSeconds })
  } catch (error) {
    throw ResourceFailure.is(error) ? errors.stackValidationFailed({ message: error.message }) : error
  }
}
