import { EVENT_ID, type Event, getScalarValue, parseEvents, type ScalarEvent } from 'js-yaml'
import { join } from '../expression.js'

/** Both count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/**
 * Where a path such as `resources.web.properties.sizes[1]` stands in the text that a template came as: its last step that
 * is written there. Undefined if nothing of it is. The text was read before, as YAML or JSON, which YAML contains.
 */
export function placesIn(text: string): (path: string) => Position | undefined {
  let offsets: ReadonlyMap<string, number> | undefined
  return path => {
    offsets ??= offsetsOf(text)
    for (let rest = path; rest !== ''; rest = withoutLastStep(rest)) {
      const offset = offsetOf(rest, offsets)
      if (offset !== undefined) return positionAt(text, offset)
    }
    return undefined
  }
}

/** `if` inside of `if` that are looked through. */
const mostBranches = 6

/** A path leaves out which branch of an `if` it goes through. */
function offsetOf(path: string, offsets: ReadonlyMap<string, number>, branches = 0): number | undefined {
  const known = offsets.get(path)
  const [, before, after] = /^(.*?\.(?:Fn::If|if))\.(.*)$/s.exec(path) ?? []
  if (known !== undefined || before === undefined || branches === mostBranches) return known
  const inside = (branch: number): number | undefined =>
    offsetOf(`${before}[${branch}].${after}`, offsets, branches + 1)
  return inside(1) ?? inside(2)
}

/** The path of what is around that which is at a path. */
export const withoutLastStep = (path: string): string =>
  path.slice(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['), 0))

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

/** A key that a map of a text has before already: only the last of them counts. */
export interface RepeatedKey extends Position {
  readonly path: string
}

/** Those of a text that are told: to find the line of each takes a look at all of the text before. */
const mostRepeated = 100

/** Those of a text that was read before, the first of them. */
export function repeatedKeys(text: string): readonly RepeatedKey[] {
  const repeated: RepeatedKey[] = []
  offsetsOf(text, (path, offset) => {
    if (repeated.length < mostRepeated) repeated.push({ path, ...positionAt(text, offset) })
  })
  return repeated
}

/** A list or map that is being read: where it stands, and how far its reader is. */
interface Open {
  readonly path: string
  readonly list: boolean
  /** Of a map: the key whose value comes next. */
  key: string | undefined
  readonly keys: Set<string>
  count: number
}

/** The offset of every key and item, by its path. @param repeated hears of keys that a map has twice. */
function offsetsOf(text: string, repeated?: (path: string, offset: number) => void): Map<string, number> {
  const offsets = new Map<string, number>()
  const open: Open[] = []
  /** The path of the value that begins here; undefined: it is a key. */
  const begin = (event: Event): string | undefined => {
    const top = open.at(-1)
    if (top === undefined) return ''
    if (top.list) {
      const path = `${top.path}[${top.count++}]`
      offsets.set(path, startOf(event))
      return path
    }
    if (top.key === undefined) {
      top.key = event.type === EVENT_ID.SCALAR ? getScalarValue(text, event as ScalarEvent) : ''
      const path = join(top.path, top.key)
      offsets.set(path, startOf(event))
      // Several maps may be merged into one.
      if (top.keys.has(top.key) && top.key !== '<<') repeated?.(path, startOf(event))
      top.keys.add(top.key)
      return undefined
    }
    const path = join(top.path, top.key)
    top.key = undefined
    return path
  }
  try {
    for (const event of parseEvents(text, { maxDepth: deepest })) {
      if (event.type === EVENT_ID.DOCUMENT) continue
      if (event.type === EVENT_ID.POP) {
        open.pop()
        continue
      }
      const path = begin(event)
      if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING) {
        open.push({
          path: path ?? '',
          list: event.type === EVENT_ID.SEQUENCE,
          key: undefined,
          keys: new Set(),
          count: 0,
        })
      }
    }
  } catch {
    // JSON that is no YAML: there are no places to tell.
  }
  return offsets
}

/** As deep as any template may be. */
const deepest = 1000

function startOf(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueStart
  if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING) return event.start
  return event.type === EVENT_ID.ALIAS ? event.anchorStart : 0
}
