import * as errors from '../../errors.js'
import type { Json, JsonMap } from '../../plugin/json.js'
import { globs } from '../values/glob.js'
import { isMap, put } from '../values/maps.js'
import { type Attempt, placed } from '../problems.js'
import { didYouMean } from '../values/suggest.js'

/** Where a resource stops until a signal clears the hook. */
export const hookPoints = [
  'pre-create',
  'pre-update',
  'pre-delete',
  'post-create',
  'post-update',
  'post-delete',
] as const
export type HookPoint = (typeof hookPoints)[number]

/** What an update may not do to a resource. */
export const restrictedActions = ['update', 'replace'] as const
export type RestrictedAction = (typeof restrictedActions)[number]

/** What the type of a resource in a template stands for. */
export type Meaning =
  | { readonly kind: 'type'; readonly name: string }
  /** `entry`: the key of the registry that led to the file; undefined: the type is the file. */
  | { readonly kind: 'template'; readonly file: string; readonly entry?: string }
  /** There is no such type; nor are those that the entries lead to. */
  | { readonly kind: 'nothing'; readonly tried: readonly string[] }

/** A type whose name ends so is a template, found in the stack's files. */
export const isTemplateFile = (name: string): boolean => name.endsWith('.yaml') || name.endsWith('.template')

/** Keys under `resources.<name>` that are no types. */
export const pointKeys: readonly string[] = ['hooks', 'restricted_actions']

/**
 * The `resource_registry` of an environment: other meanings of types, for all resources or for some by name, and where
 * resources stop (heat/engine/environment.py, ResourceRegistry).
 */
export class ResourceRegistry {
  /** By key; a key may end in `*`. */
  private readonly entries: ReadonlyMap<string, string>
  private readonly resources: JsonMap
  /** Keys of `resources`: names, or patterns of them. */
  private readonly patterns: readonly string[]

  /**
   * @param attempt reads each entry by itself.
   * @throws HearthError with the path of the entry; InvalidBreakPointHook, InvalidRestrictedAction.
   */
  constructor(
    private readonly section: JsonMap,
    attempt: Attempt = placed,
  ) {
    const { resources = {}, base_url: _, ...types } = section
    this.entries = typeEntries(types, 'resource_registry', { attempt })
    const read = attempt('environment.resource_registry.resources', () => {
      if (isMap(resources)) return resources
      throw wrong('resource_registry.resources', 'a map of names of resources to their entries')
    })
    this.resources = read ?? {}
    this.patterns = Object.keys(this.resources)
    checkResources(this.resources, 'resource_registry.resources', attempt)
  }

  /** Whether it says anything of single resources. */
  get namesResources(): boolean {
    return this.patterns.length > 0
  }

  /**
   * @param isType whether a plugin brings a type of this name.
   * @throws HearthError for entries that lead in a circle.
   */
  meaningOf(type: string, resource: string, isType: (name: string) => boolean): Meaning {
    const own = this.resources[resource]
    const ofResource = isMap(own) ? typeEntries(own, '', { nested: true }) : new Map<string, string>()
    const open: string[] = []
    const tried = new Set<string>()
    const follow = (name: string, entry?: string): Meaning | undefined => {
      if (open.includes(name)) {
        throw errors.stackValidationFailed({
          path: `environment.resource_registry.${entry}`,
          message: `The entries lead in a circle: ${[...open, name].join(' -> ')}`,
        })
      }
      open.push(name)
      for (const [key, target] of [...matching(ofResource, name, false), ...matching(this.entries, name, true)]) {
        const found = isTemplateFile(target) ? templateOf(target, entry ?? key) : follow(target, entry ?? key)
        if (found !== undefined) return found
      }
      open.pop()
      if (isType(name)) return { kind: 'type', name }
      if (isTemplateFile(name)) return templateOf(name, entry)
      tried.add(name)
      return undefined
    }
    return follow(type) ?? { kind: 'nothing', tried: [...tried].filter(name => name !== type) }
  }

  /** In Heat's order, each once. */
  hooksOf(resource: string): readonly HookPoint[] {
    return this.pointsOf(resource, 'hooks', hookPoints)
  }

  restrictedActionsOf(resource: string): readonly RestrictedAction[] {
    return this.pointsOf(resource, 'restricted_actions', restrictedActions)
  }

  /** The names of types that it gives a meaning. */
  names(): readonly string[] {
    return [...this.entries.keys()].filter(key => !key.endsWith('*'))
  }

  /**
   * The section as the stack inside `resource` gets it. What made the resource a template is gone there, so that a
   * template for a type may use the type itself.
   */
  inside(resource: string, { entry }: { readonly entry?: string } = {}): JsonMap {
    const inherited: JsonMap = {}
    for (const [key, target] of Object.entries(this.section)) {
      if (key !== 'resources' && key !== entry) put(inherited, key, target)
    }
    const resources: JsonMap = {}
    for (const content of this.matchingResources(resource)) {
      for (const [name, inner] of Object.entries(content)) {
        if (isMap(inner)) put(resources, name, inner)
      }
    }
    return { ...inherited, resources }
  }

  private pointsOf<Point extends string>(resource: string, key: string, all: readonly Point[]): readonly Point[] {
    const given = this.matchingResources(resource).flatMap(content => listOf(content[key]))
    return all.filter(point => given.includes(point))
  }

  /** Patterns first, the name itself last. */
  private matchingResources(resource: string): JsonMap[] {
    if (this.patterns.length === 0) return []
    const matching = this.patterns.filter(pattern => pattern !== resource && globs(pattern, resource))
    return [...matching, resource].flatMap(key => {
      const content = Object.hasOwn(this.resources, key) ? this.resources[key] : undefined
      return isMap(content) ? [content] : []
    })
  }
}

const templateOf = (file: string, entry: string | undefined): Meaning =>
  entry === undefined ? { kind: 'template', file } : { kind: 'template', file, entry }

/** The entries that apply to a type, with what each makes of it: in the order of their keys, so `A::*` before `A::B`. */
function* matching(entries: ReadonlyMap<string, string>, type: string, wildcards: boolean): Iterable<[string, string]> {
  for (const key of [...entries.keys()].sort()) {
    const target = entries.get(key) as string
    if (key === type) yield [key, target]
    else if (wildcards && key.endsWith('*') && type.startsWith(key.slice(0, -1))) {
      const named = target.endsWith('*') ? target.slice(0, -1) + type.slice(key.length - 1) : target
      if (named !== type) yield [key, named]
    }
  }
}

/** Null takes away what was there before it; with a star, all that begins so. */
function typeEntries(
  section: JsonMap,
  at: string,
  { nested = false, attempt = placed }: { readonly nested?: boolean; readonly attempt?: Attempt } = {},
): Map<string, string> {
  const entries = new Map<string, string>()
  for (const [key, target] of Object.entries(section)) {
    if (nested && (pointKeys.includes(key) || isMap(target))) continue
    if (target === null) {
      entries.delete(key)
      if (key.endsWith('*'))
        for (const known of entries.keys()) if (known.startsWith(key.slice(0, -1))) entries.delete(known)
    } else if (typeof target === 'string') entries.set(key, target)
    else {
      attempt(`environment.${at}.${key}`, () => {
        throw wrong(`${at}.${key}`, 'the name of a type or of a template file')
      })
    }
  }
  return entries
}

function checkResources(resources: JsonMap, at: string, attempt: Attempt): void {
  for (const [name, content] of Object.entries(resources)) {
    const path = `${at}.${name}`
    if (!isMap(content)) {
      attempt(`environment.${path}`, () => {
        throw wrong(path, 'a map of types, hooks and restricted_actions')
      })
      continue
    }
    for (const [key, allowed, invalid] of points) {
      attempt(`environment.${path}.${key}`, () => checkPoints(content[key], `${path}.${key}`, allowed, invalid))
    }
    const inner = Object.entries(content).filter(([key, value]) => !pointKeys.includes(key) && isMap(value))
    checkResources(Object.fromEntries(inner), path, attempt)
    typeEntries(content, path, { nested: true, attempt })
  }
}

function checkPoints(
  given: Json | undefined,
  at: string,
  allowed: readonly string[],
  invalid: (point: string) => Error,
): void {
  for (const point of listOf(given)) {
    if (typeof point !== 'string') throw wrong(at, `one of ${allowed.join(', ')}, or a list of them`)
    if (!allowed.includes(point)) throw invalid(point)
  }
}

const invalidHook = (hook: string): Error =>
  errors.invalidBreakPointHook(hook, hookPoints, didYouMean(hook, hookPoints))
const invalidAction = (action: string): Error =>
  errors.invalidRestrictedAction(action, restrictedActions, didYouMean(action, restrictedActions))

const points = [
  ['hooks', hookPoints, invalidHook],
  ['restricted_actions', restrictedActions, invalidAction],
] as const

const listOf = (given: Json | undefined): readonly Json[] =>
  given === undefined || given === null ? [] : Array.isArray(given) ? given : [given]

const wrong = (path: string, expected: string): Error =>
  errors.stackValidationFailed({ path: `environment.${path}`, message: `expected ${expected}` })
