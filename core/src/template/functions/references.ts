import * as errors from '../../errors.js'
import { plain, told } from '../../told.js'
import { laterHint } from '../formats/since.js'
import type { Json } from '../../plugin/json.js'
import { type MaybeUnknown, Unknown } from '../../plugin/schema.js'
import { itemsOf, Literal, stepInto, unknownScope, valueOf } from '../expression.js'
import { isMap, own } from '../values/maps.js'
import { attributeText, parseInteger, str, truthy } from '../values/python.js'
import { didYouMean, instead } from '../values/suggest.js'
import type { Rule, Surroundings } from './rule.js'

export const getParam: Rule = {
  description: 'A function for resolving parameter references.',
  evaluate: (args, { name, around }, scope) => {
    if (Unknown.is(args)) return args
    if (!truthy(args)) throw errors.valueError(`Function "${name}" must have arguments`)
    const steps = typeof args === 'string' ? [args] : args
    if (!Array.isArray(steps)) throw errors.valueError(`Argument to "${name}" must be string or list`)
    const [parameter = null, ...path] = steps
    if (Unknown.is(parameter)) return parameter
    if (typeof parameter !== 'string') throw errors.valueError(`Parameter name in "${name}" must be string`)
    if (around.isHidden(parameter)) scope.secrecy?.note()
    return walk(around.parameter(parameter), path)
  },
}

/** get_param's path: a list's index may be text, and a step that fails gives empty text. */
function walk(value: MaybeUnknown, path: readonly MaybeUnknown[]): MaybeUnknown {
  let current = value
  for (const step of path) {
    if (Unknown.is(current)) return current
    if (Unknown.is(step)) return step
    const index = typeof step === 'string' && !isMap(current) ? parseInteger(step) : step
    const next = index === undefined ? undefined : stepInto(current, index)
    if (next === undefined) return ''
    current = next
  }
  return current
}

export const getResource: Rule = {
  description: 'A function for resolving resource references.',
  refers: args => ({ resource: args }),
  evaluate: (args, { around }, scope) => {
    if (Unknown.is(args)) return args
    return scope.reference(existing(args, around))
  },
}

/** @throws HearthError InvalidTemplateReference */
function existing(name: MaybeUnknown, { resources }: Surroundings): string {
  if (typeof name === 'string' && resources.has(name)) return name
  const wrong = str(name)
  throw errors.invalidTemplateReference(wrong, 'unknown', typeof name === 'string' ? didYouMean(wrong, resources) : '')
}

/** A group's attribute that needs a name after it is missing though it is known. */
const hint = (attribute: string, known: readonly string[]): string =>
  known.includes(attribute) ? ' (it needs the name of an attribute of the members after it)' : instead(attribute, known)

const olderForm = (name: string): string =>
  `Arguments to "${name}" must be of the form [resource_name, attribute, (path), ...]`
const newerForm = (name: string): string =>
  `Arguments to "${name}" can be of the next forms: [resource_name] or [resource_name, attribute, (path), ...]`

/** Of get_attr: a text is the name of a resource alone. */
const stepsOf = (args: MaybeUnknown): readonly MaybeUnknown[] =>
  typeof args === 'string' ? [args] : Array.isArray(args) ? args : []

export const getAttr: Rule = {
  description: 'A function for resolving resource attributes.',
  shape: (args, { name, around }) => {
    const items = itemsOf(args)
    const newer = around.version.since('2015-10-15')
    if (newer && args instanceof Literal && typeof args.value === 'string' && args.value !== '') return
    if (items === undefined) throw errors.valueError(`Argument to "${name}" must be a list`)
    if (items.length < (newer ? 1 : 2)) {
      const hint = items.length === 1 ? laterHint(around.version, '2015-10-15', 'the name alone') : ''
      throw errors.valueError(newer ? newerForm(name) : `${olderForm(name)}${hint}`)
    }
  },
  refers: args => {
    const [resource, attribute, ...within] = stepsOf(args)
    return {
      resource: resource ?? new Unknown('not known'),
      attribute: attribute ?? new Unknown('all of them'),
      within,
    }
  },
  check: (args, { around }, checks) => {
    const [resource, attribute, ...path] = stepsOf(valueOf(args, unknownScope))
    if (Unknown.is(resource) || Unknown.is(attribute)) return
    const name = existing(resource ?? null, around)
    if (attribute === undefined) return
    if (typeof attribute !== 'string') throw errors.invalidTemplateAttribute(name, str(attribute))
    const missing = checks.missing(name, attribute, path)
    if (missing === undefined) return
    if (missing.inside === true) {
      const asked = attributeText(attribute, path)
      throw errors.invalidTemplateAttribute(name, asked, missing.known.length === 0 ? '' : instead('', missing.known))
    }
    if (missing.fails) throw errors.invalidTemplateAttribute(name, attribute, hint(attribute, missing.known))
    const asked = [attribute, ...path].map(step => str(step)).join(', ')
    const meant = didYouMean(str(path[0] ?? null), missing.known)
    checks.doubt('', `${name} has nothing at [${asked}], so this is null${meant}`)
  },
  evaluate: (args, { around }, scope) => {
    const [resource, attribute, ...path] = stepsOf(args)
    const unknown = [resource, attribute, ...path].find(Unknown.within)
    if (unknown !== undefined) return Unknown.is(unknown) ? unknown : new Unknown()
    const name = existing((resource as Json | undefined) ?? null, around)
    return scope.attribute(name, attribute === undefined ? undefined : str(attribute), path as Json[])
  },
}

export const getFile: Rule = {
  description: 'A function for including a file inline.',
  evaluate: (args, { name, around }) => {
    if (Unknown.is(args)) return args
    if (typeof args !== 'string') throw errors.valueError(`Argument to "${name}" must be a string`)
    const content = own(around.files, args)
    if (content === undefined) {
      throw errors.valueError(
        told`No content found in the "files" section for ${plain(name)} path: ${args}${plain(didYouMean(args, Object.keys(around.files)))}`,
      )
    }
    return content
  },
}
