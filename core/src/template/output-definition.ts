import * as errors from '../errors.js'
import type { Json, JsonMap } from '../plugin/json.js'
import type { Pieces } from '../pieces.js'
import type { MaybeUnknown } from '../plugin/schema.js'
import { enabledBy } from './conditions.js'
import {
  type Checks,
  checkSize,
  type Expression,
  metSecret,
  type Reference,
  type Scope,
  unknownScope,
  valueOf,
} from './expression.js'
import { plainNumbers } from './values/float.js'
import { Allowance } from './functions/allowance.js'
import type { Room } from './functions/room.js'
import type { Surroundings } from './functions/rule.js'
import { isMap, own } from './values/maps.js'
import type { Problems } from './problems.js'
import type { Parser } from './parser.js'
import { str, truthy, typeOf } from './values/python.js'
import { instead, suggestion } from './values/suggest.js'

/** An output that was resolved: its value, or null and why there is none. */
export interface ResolvedOutput {
  readonly value: MaybeUnknown
  readonly error?: string
}

/** One output as a template declares it. */
export class OutputDefinition {
  /** What it refers to, so that it can be loaded. */
  readonly references: readonly Reference[]

  constructor(
    readonly name: string,
    readonly description: string,
    /** Undefined: its condition is false. */
    private readonly value: Expression | undefined,
    private readonly room: Room,
    /** Where the value stands in the template. */
    readonly path: string,
  ) {
    room.refill()
    const found: Reference[] = []
    value?.references(path, reference => found.push(reference))
    this.references = found
  }

  /** Never throws for what a user did: that is the output's `error`. */
  resolve(scope: Scope): ResolvedOutput {
    if (this.value === undefined) return { value: null }
    this.room.refill()
    try {
      const value = plainNumbers(valueOf(this.value, scope))
      checkSize(this.value, value, this.room)
      return { value }
    } catch (error) {
      if (!errors.HearthError.is(error)) throw error
      return { value: null, error: (metSecret(scope) ? error.withoutValues : error).message }
    }
  }

  /** @throws HearthError with the path of the function. */
  check(checks: Checks): void {
    this.room.refill()
    this.value?.check(this.path, checks)
  }
}

/** A piece each. @throws HearthError `Output validation error: …`, or with the path of a malformed function. */
export function* parseOutputs(
  section: Json | undefined,
  parser: Parser,
  around: Surroundings,
  problems: Problems,
): Pieces<ReadonlyMap<string, OutputDefinition>> {
  const outputs = new Map<string, OutputDefinition>()
  if (section === undefined || !truthy(section)) return outputs
  if (!isMap(section)) {
    const path = around.version.words.sections.outputs
    problems.attempt(path, () => {
      throw errors.stackValidationFailed({
        error: 'Output validation error',
        path,
        message: `Outputs must be a map of output definitions. Found a ${typeOf(section)} instead`,
      })
    })
    return outputs
  }
  for (const [name, snippet] of Object.entries(section)) {
    const path = `${around.version.words.sections.outputs}.${name}`
    const output = problems.tried(path, () => parseOutput(name, snippet, parser, around, problems), undefined).result
    if (output !== undefined) outputs.set(name, output)
    yield
  }
  return outputs
}

function parseOutput(
  name: string,
  snippet: Json,
  parser: Parser,
  around: Surroundings,
  problems: Problems,
): OutputDefinition {
  const { sections, output: words } = around.version.words
  const at = `${sections.outputs}.${name}`
  const wrong = (message: string): Error =>
    errors.stackValidationFailed({ error: 'Output validation error', path: at, message })
  if (!isMap(snippet)) throw wrong(`Output definitions must be a map. Found a ${typeOf(snippet)} instead`)
  const keys: readonly (string | undefined)[] = Object.values(words)
  for (const key of Object.keys(snippet)) {
    if (keys.includes(key)) continue
    problems.doubt(`${at}.${key}`, `"${key}" is no key of an output, and says nothing${instead(key, keys)}`)
  }
  if (!Object.hasOwn(snippet, words.value)) {
    const meant = Object.keys(snippet).find(key => suggestion(key, [words.value]) !== undefined)
    const hint = meant === undefined ? '' : ` (it has ${meant})`
    throw wrong(`Each output definition must contain a ${words.value} key.${hint}`)
  }
  const description = own(snippet, words.description) ?? null
  const path = `${at}.${words.value}`
  const value = parser.parse(snippet[words.value] ?? null, path)
  const { condition } = words
  const looksAt = (word: string) => problems.tried(at, () => wanted(snippet, word, at, parser, around), true).result
  const enabled = condition === undefined || looksAt(condition)
  const text = description === null ? 'No description given' : str(description)
  return new OutputDefinition(name, text, enabled ? value : undefined, around.room, path)
}

function wanted(snippet: JsonMap, word: string, at: string, parser: Parser, around: Surroundings): boolean {
  const condition = own(snippet, word) ?? null
  if (condition === null) return true
  const path = `${at}.${word}`
  return enabledBy(parser.parse(condition, path, 'condition'), around, path) !== false
}

/** Outputs of which it is certain that they will have an error in place of a value: nothing else of the stack fails. */
export function* doubtOutputs(
  outputs: Iterable<OutputDefinition>,
  { room, language, problems }: Pick<Surroundings, 'room' | 'language'> & { readonly problems: Problems },
): Pieces<void> {
  yield* room.together(new Allowance(language.steps), doubting(outputs, problems))
}

function* doubting(outputs: Iterable<OutputDefinition>, problems: Problems): Pieces<void> {
  for (const output of outputs) {
    const { error } = output.resolve(unknownScope)
    if (error !== undefined) problems.doubt(output.path, `The output will have no value: ${error}`)
    yield
  }
}
