import type { InsideRead } from '../../plugin/children.js'
import { insideAttribute } from '../../plugin/inside-attribute.js'
import type { Json, JsonMap } from '../../plugin/json.js'
import { done, type ResourceType } from '../../plugin/resource-type.js'
import { type MaybeUnknown, type PropertySchema, type PropertySchemas, Unknown } from '../../plugin/schema.js'
import type { ParameterSchema, ParameterType } from '../../plugin/template-format.js'
import type { Version } from '../formats/index.js'
import { isMap, own, put } from '../values/maps.js'
import { type ResourcesInside, resourcesIn } from './missing-inside.js'
import { parseParameterSchemas } from '../parameters/schema.js'
import { Problems } from '../problems.js'
import { str } from '../values/python.js'

/** What carries out every resource whose type is a template file: the stack inside is the resource. */
export const templateResource: ResourceType = {
  name: 'Hearth::Template',
  className: 'TemplateResource',
  description: 'A resource that is a stack of its own, made from a template file.',
  support: { status: 'HIDDEN' },
  properties: 'any',
  attributes: 'any',
  children: { label: '', of: () => undefined, inside: insideTemplate },
  create: async () => done(),
}

/** `resource.<name>` is a resource inside, with a path the attributes of it (heat/engine/resources/template_resource.py). */
function insideTemplate(attribute: string, path: readonly MaybeUnknown[]): InsideRead | undefined {
  const asked = insideAttribute(attribute)
  if (asked === undefined) return undefined
  return { members: [asked.member], asked: asked.name === undefined ? path : [asked.name, ...path], as: 'value' }
}

/** A template as a type, with what others may ask of it. */
export interface TemplateType extends ResourceType {
  readonly parameters: ReadonlyMap<string, ParameterSchema>
  readonly resources: ResourcesInside
}

/**
 * The type that a template is: its parameters are the properties, its outputs the attributes.
 * @param defaults an environment's parameter_defaults: what has one need not be given.
 * @throws HearthError for a wrong parameter.
 */
export function templateType(file: string, template: JsonMap, version: Version, defaults: JsonMap): TemplateType {
  const { sections } = version.words
  const schemas = parseParameterSchemas(template[sections.parameters], version, new Problems(false))
  const properties: Record<string, PropertySchema> = {}
  for (const schema of schemas.values()) put(properties, schema.name, propertyOf(schema, defaults))
  return {
    ...templateResource,
    parameters: schemas,
    resources: resourcesIn(template, version.words, false),
    properties: properties as PropertySchemas,
    attributes: attributesOf(template[sections.outputs]),
    children: { inside: insideTemplate, label: file, of: given => ({ template, parameters: passed(given, schemas) }) },
  }
}

/** Of lists and maps the template itself says whether they fit: text is fine, too. */
const kinds = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  comma_delimited_list: 'any',
  json: 'any',
} as const

/** What null, given for one that may be anything, is to the stack inside. */
const zeros: { readonly [Type in ParameterType]?: Json } = { comma_delimited_list: [], json: {} }

function propertyOf(schema: ParameterSchema, defaults: JsonMap): PropertySchema {
  const { name, type, description, constraints } = schema
  const kind = kinds[type]
  const required = schema.default === null && (own(defaults, name) ?? null) === null
  return {
    type: kind,
    description,
    required,
    updateAllowed: true,
    ...(kind === 'any' ? { zero: zeros[type] ?? null } : { constraints }),
    ...(schema.hidden ? { secret: true } : {}),
  }
}

function attributesOf(outputs: Json | undefined): Record<string, { description: string }> {
  const attributes: Record<string, { description: string }> = {}
  for (const [name, output] of Object.entries(isMap(outputs) ? outputs : {})) {
    put(attributes, name, { description: isMap(output) ? str(own(output, 'description') ?? '') : '' })
  }
  return attributes
}

/** What is not given keeps the default inside. */
function passed(
  given: Readonly<Record<string, MaybeUnknown>>,
  schemas: ReadonlyMap<string, ParameterSchema>,
): Record<string, MaybeUnknown> {
  const parameters: Record<string, MaybeUnknown> = {}
  for (const { name, type } of schemas.values()) {
    const value = own(given, name) ?? null
    if (value === null) continue
    put(parameters, name, type === 'comma_delimited_list' ? listed(value) : value)
  }
  return parameters
}

/** Lists of maps are flattened, as Heat does. */
function listed(value: MaybeUnknown): MaybeUnknown {
  if (!Array.isArray(value) || Unknown.within(value) || !value.some(item => isMap(item))) return value
  return value.flatMap((item, index) =>
    isMap(item) ? Object.entries(item).map(([key, inner]) => `.member.${index}.${key}=${str(inner)}`) : [str(item)],
  )
}
