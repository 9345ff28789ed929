import * as errors from '../../errors.js'
import { type ChildStored, type ChildTemplate, TemplateFile } from '../../plugin/children.js'
import type { Pieces } from '../../pieces.js'
import { coerceProperties } from '../../resource/properties/properties.js'
import { type MaybeUnknown, Unknown } from '../../plugin/schema.js'
import { type Around, fileIn, outside } from './child.js'
import type { DefineInput, Input } from '../define.js'
import { aroundIn, type StackDefinition } from '../definition.js'
import { join, watchedScope } from '../expression.js'
import type { Problems } from '../problems.js'
import type { ResourceDefinition } from '../resources/resource-definition.js'
import { addResources } from '../reading/sections.js'

type Properties = Readonly<Record<string, MaybeUnknown>>

/**
 * The stack inside a resource, as far as it can be told before anything exists: its names, shapes, types and
 * references, and how many resources there will be.
 * @param input `given`: what it is given may be looked at. @param defining makes the definition of the stack inside.
 * @throws HearthError unless all problems are gathered.
 */
export function* checkChild(
  definition: StackDefinition,
  name: string,
  input: Input & { readonly problems: Problems; readonly given: boolean },
  defining: (input: DefineInput) => Pieces<StackDefinition>,
): Pieces<void> {
  const resource = definition.resources.get(name)
  const type = definition.typeOf(name)
  if (resource === undefined || type?.children === undefined) return
  // It is outside: its properties say nothing, and nobody makes a stack inside.
  if (resource.externalId !== null) return
  // Of a resource that is wrong only a template file can be told: what it is given is of no use.
  if (!input.given && definition.fileOf(name) === undefined) return
  const { checks = resource.constraints } = input
  const at = resource.pathOf('properties')
  // As its steps get them: null is a value, too.
  const properties = input.given
    ? coerceProperties(type.properties, resource.resolveProperties(watchedScope()), at, checks)
    : {}
  const inside = insideOf(definition, resource, properties)
  if (inside === undefined) return
  const { template, around } = inside
  const { nesting, problems } = input
  yield
  yield* problems.inside(
    error => outside(around, error),
    function* (inner) {
      const within = [...nesting.around, around.file ?? around.label]
      if (nesting.depth >= nesting.maxDepth) throw tooDeep(nesting.maxDepth, within)
      if (template === undefined) return
      const content = definition.contentOf(name, template, resource.facade(watchedScope()), nesting.maxTemplateSize)
      const { count } = nesting
      const before = count.seen
      const nested = input.nested?.inside()
      const child = yield* defining({
        template: content.content,
        environment: content.environment,
        files: content.files,
        ...aroundIn(content),
        stack: { ...input.stack, id: null, name: `${input.stack.name}-${name}` },
        types: input.types,
        ...(input.language === undefined ? {} : { language: input.language }),
        ...(input.checks === undefined ? {} : { checks: input.checks }),
        // Where it is known what is given, it is known what is missing.
        strict: input.given && !Object.values(properties).some(Unknown.is),
        unknown: content.unknown,
        ...(input.timeoutSeconds === undefined ? {} : { timeoutSeconds: input.timeoutSeconds }),
        nesting: { ...nesting, depth: nesting.depth + 1, around: within },
        problems: inner,
        ...(input.allowance === undefined ? {} : { allowance: input.allowance }),
        ...(nested && { nested }),
      })
      if (nested !== undefined) input.nested?.add(name, resource.type, child, nested)
      addResources(count, (count.seen - before) * ((template.standsFor ?? 1) - 1))
    },
  )
}

/** What is inside a resource: the template, undefined while it cannot be told, and how errors in there are to be told. */
export interface Inside {
  readonly template: ChildTemplate | undefined
  readonly around: Around
}

/** Undefined: it is of a type that has no stack inside. @param stored absent: only to check a template. */
export function insideOf(
  definition: StackDefinition,
  resource: ResourceDefinition,
  properties: Properties,
  stored?: ChildStored,
): Inside | undefined {
  const children = definition.typeOf(resource.name)?.children
  if (children === undefined) return undefined
  const template = children.of(properties, stored)
  const file = definition.fileOf(resource.name) ?? (template && fileIn(template.template, definition.files))
  const written = (path: string): string => {
    const at = children.written?.(path) ?? sourceIn(properties, template)
    return at === undefined ? resource.pathOf('properties') : join(resource.pathOf('properties'), at)
  }
  return { template, around: { at: resource.path, label: children.label, file, written } }
}

/** The property whose value is the template, or its name. */
function sourceIn(properties: Properties, template: ChildTemplate | undefined): string | undefined {
  const source = TemplateFile.is(template?.template) ? template.template.name : template?.template
  return Object.keys(properties).find(name => properties[name] === source)
}

/** Templates that contain each other end here; that may be meant, if conditions end it. */
function tooDeep(maxDepth: number, within: readonly string[]): Error {
  const last = within.at(-1) ?? ''
  const circle = within.slice(within.lastIndexOf(last, -2))
  const hint =
    circle.length > 1 && circle[0] === last ? ` The templates contain each other: ${circle.join(' -> ')}` : ''
  return errors.requestLimitExceeded(`Recursion depth exceeds ${maxDepth}.${hint}`)
}
