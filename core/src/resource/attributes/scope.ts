import * as errors from '../../errors.js'
import type { Json } from '../../plugin/json.js'
import { type MaybeUnknown, Unknown } from '../../plugin/schema.js'
import type { Scope, Secrecy } from '../../template/index.js'
import { follow, templateResource } from '../../template/index.js'
import { type Incarnation, untouched } from '../rows/incarnation.js'
import { askedText, insideRead, orRefused } from './inside-read.js'
import { attributeSchema } from './live-attributes.js'
import type { KeptSecrets } from '../secrets/kept-secrets.js'
import { checkOutput } from './output-errors.js'
import type { TypeRegistry } from '../types.js'

/** How references and attributes are answered while resources may not exist yet. */
export interface ScopeInput {
  /** The incarnation that a name stands for; undefined: none yet. */
  readonly find: (name: string) => Incarnation | undefined
  readonly types: TypeRegistry
  /** The answer for a resource that does not exist yet: unknown to a plan, the name or null to a reader. */
  readonly missing: (name: string, what: 'reference' | 'attribute', attribute?: string) => MaybeUnknown
  /** Attributes declared `live`, read before. Absent: they are unknown. */
  readonly live?: Live
  /** Told of what nobody is to see. */
  readonly secrecy?: Secrecy
}

/** Attributes that were read. */
export interface Live {
  /** @throws HearthError AttributeUnreadable */
  (incarnation: Incarnation, attribute: string): MaybeUnknown
  /** Whether nobody is to see it, because of what was read for it. */
  readonly isSecret?: (incarnation: Incarnation, attribute: string) => boolean
}

/** Answers get_resource and get_attr from stored resources. */
export function scopeOf({ find, types, missing, live, secrecy }: ScopeInput): Scope {
  return {
    secrecy,
    reference: name => {
      const incarnation = find(name)
      if (incarnation === undefined || untouched(incarnation)) return missing(name, 'reference')
      if (isSecretReference(incarnation, types)) secrecy?.note()
      return referenceOf(incarnation, types)
    },
    attribute: (name, attribute, path) => {
      const incarnation = find(name)
      if (incarnation === undefined || untouched(incarnation)) return missing(name, 'attribute', attribute)
      if (incarnation.action === 'DELETE') return null
      if (isSecretAttribute(incarnation, attribute, types)) secrecy?.note()
      if (attribute === undefined) return follow(attributesOf(incarnation, types, live), path)
      const through = insideRead(incarnation.type, attribute, path, types, incarnation)
      if (through !== undefined) {
        const asked = askedText(attribute, path)
        if (live === undefined) return new Unknown(`what is inside of ${name} was not read`)
        if (asked === undefined) throw errors.unreadableInside(name, attribute)
        if (live.isSecret?.(incarnation, asked) === true) secrecy?.note()
        return live(incarnation, asked)
      }
      const inside = types.find(incarnation.type)?.children?.attribute
      if (inside !== undefined) return orRefused(() => inside(incarnation, attribute, path))
      if (incarnation.type === templateResource.name) checkOutput(incarnation, attribute)
      if (lacks(incarnation, attribute, types)) throw errors.invalidTemplateAttribute(name, attribute)
      return follow(attributeOf(incarnation, attribute, types, live), path)
    },
  }
}

/** Whether it is certain that there is no such attribute. A template's are its outputs, once it is there. */
function lacks({ type, status, attributes }: Incarnation, attribute: string, types: TypeRegistry): boolean {
  if (attribute === 'show') return false
  if (type === templateResource.name) return status === 'COMPLETE' && !Object.hasOwn(attributes, attribute)
  const schemas = types.find(type)?.attributes
  return schemas !== undefined && schemas !== 'any' && attributeSchema(schemas, attribute) === undefined
}

/** A resource, as far as it says what of it is secret. */
export interface Telling {
  readonly type: string
  readonly kept: Pick<KeptSecrets, 'tells'> | null
}

export const isSecretReference = ({ kept, type }: Telling, types: TypeRegistry): boolean =>
  kept?.tells === true || types.find(type)?.secretReference === true

/** @param attribute undefined: all of them. */
export function isSecretAttribute(
  { kept, type }: Telling,
  attribute: string | undefined,
  types: TypeRegistry,
): boolean {
  if (kept?.tells === true) return true
  const schemas = types.find(type)?.attributes
  if (schemas === undefined || schemas === 'any') return false
  return attribute === undefined
    ? Object.values(schemas).some(({ secret }) => secret === true)
    : attributeSchema(schemas, attribute)?.secret === true
}

/** Value of get_resource: what the type says, else the physical id, else the name. */
export function referenceOf(incarnation: Incarnation, types: TypeRegistry): string {
  const derived = types.find(incarnation.type)?.derive?.(incarnation).reference
  return derived ?? incarnation.reference ?? incarnation.physicalId ?? incarnation.name
}

/** All attributes that the type declares, as stored; without `show`, as Heat has it. One that cannot be read is null. */
export function attributesOf(incarnation: Incarnation, types: TypeRegistry, live?: Live): Record<string, MaybeUnknown> {
  const type = types.find(incarnation.type)
  const all = type?.children?.all
  if (all !== undefined) return all(incarnation)
  const declared =
    type === undefined || type.attributes === 'any' ? Object.keys(incarnation.attributes) : Object.keys(type.attributes)
  const named = declared.filter(name => name !== 'show' && name !== '*')
  return {
    ...Object.fromEntries(named.map(name => [name, shownAttribute(incarnation, name, types, live)])),
    ...(declared.includes('*') ? others(shownAttribute(incarnation, '*', types, live)) : {}),
  }
}

/** Attributes of names that the type does not declare. */
const others = (all: MaybeUnknown): Record<string, MaybeUnknown> =>
  typeof all === 'object' && all !== null && !Array.isArray(all) && !Unknown.is(all) ? all : {}

/** As `attributeOf`, for whoever only looks: what cannot be read is null. */
export const shownAttribute = (...asked: Parameters<typeof attributeOf>): MaybeUnknown =>
  orNull(() => attributeOf(...asked))

/** One attribute, whatever is wrong with the name: null is the answer to that. @throws what `live` throws */
function attributeOf(
  incarnation: Incarnation,
  attribute: string,
  types: TypeRegistry,
  live: Live | undefined,
): MaybeUnknown {
  const type = types.find(incarnation.type)
  const declared =
    type === undefined || type.attributes === 'any' ? undefined : attributeSchema(type.attributes, attribute)
  if (declared?.live === true || insideRead(incarnation.type, attribute, [], types) !== undefined)
    return live === undefined ? null : live(incarnation, attribute)
  const inside = type?.children?.attribute
  if (inside !== undefined) return orRefused(() => inside(incarnation, attribute, []))
  const derived = type?.derive?.(incarnation).attributes?.[attribute]
  return derived ?? (incarnation.attributes[attribute] as Json | undefined) ?? null
}

function orNull(work: () => MaybeUnknown): MaybeUnknown {
  try {
    return work()
  } catch (error) {
    if (errors.HearthError.is(error)) return null
    throw error
  }
}
