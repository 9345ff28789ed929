import * as errors from '../../errors.js'
import type { Json, JsonMap } from '../../plugin/json.js'
import { type ConstraintSchema, type MaybeUnknown, Unknown } from '../../plugin/schema.js'
import type { ParameterSchema, ParameterType } from '../../plugin/template-format.js'
import { flawOfPattern, violation } from '../../resource/properties/constraints.js'
import type { NamedChecks } from '../../resource/properties/named-constraints.js'
import type { Environment } from '../environment/environment.js'
import { hiddenText, plain, type Told, told } from '../../told.js'
import { secretsIn } from '../../plugin/without-secrets.js'
import { plainNumbers } from '../values/float.js'
import { own, put } from '../values/maps.js'
import { str } from '../values/python.js'
import { placed, type Problems } from '../problems.js'
import { didYouMean, instead } from '../values/suggest.js'
import { convertParameter, formatParameter, Unfit } from './types.js'

/** A template's parameters with their values: given, by an environment's defaults, or by their own. */
export class Parameters {
  private readonly values = new Map<string, Json>()
  /** Those that are never shown, and are kept encrypted: as the template declares, or the environment says. */
  readonly hidden: ReadonlySet<string>

  /**
   * @param strict values must be there; else one that is missing is `Unknown`.
   * @param unknown names of those that will have a value, which is not known yet.
   * @param secret what is given may be secret, whatever the template says.
   */
  constructor(
    readonly schemas: ReadonlyMap<string, ParameterSchema>,
    private readonly environment: Pick<Environment, 'parameters' | 'parameter_defaults' | 'encrypted_param_names'>,
    private readonly pseudo: ReadonlyMap<string, string>,
    private readonly strict: boolean,
    private readonly checks: NamedChecks,
    private readonly unknown: ReadonlySet<string> = new Set(),
    secret = false,
  ) {
    const declared = [...schemas.values()].filter(schema => schema.hidden).map(schema => schema.name)
    const given = secret ? Object.keys(environment.parameters) : []
    this.hidden = new Set([...declared, ...environment.encrypted_param_names.map(String), ...given])
  }

  has(name: string): boolean {
    return this.pseudo.has(name) || this.schemas.has(name)
  }

  /** Pseudo parameters are among them. */
  get names(): string[] {
    return [...this.pseudo.keys(), ...this.schemas.keys()]
  }

  /** What get_param sees. @throws HearthError UserParameterMissing, StackValidationFailed. */
  value(name: string): MaybeUnknown {
    const pseudo = this.pseudo.get(name)
    if (pseudo !== undefined) return pseudo
    const known = this.values.get(name)
    if (known !== undefined) return known
    if (this.unknown.has(name)) return new Unknown(`the value of parameter ${name} is not known yet`)
    const schema = this.schemas.get(name)
    const raw = this.raw(name)
    if (schema === undefined || raw === null) {
      if (schema !== undefined && !this.strict) return new Unknown(`parameter ${name} has no value`)
      throw errors.userParameterMissing(name, schema === undefined ? didYouMean(name, this.names) : '')
    }
    const value = this.keeping(name, () => fit(name, () => convertParameter(schema.type, raw)))
    this.values.set(name, value)
    return value
  }

  /** What the user gave, if anything. */
  given(name: string): Json {
    return own(this.environment.parameters, name) ?? null
  }

  /** The default that counts: the environment's over the template's. */
  defaultOf(name: string): Json {
    return own(this.environment.parameter_defaults, name) ?? this.schemas.get(name)?.default ?? null
  }

  /**
   * Heat's order: names first, then one parameter after the other.
   * @param section where they are declared. @param given where their values stand; '': nobody can tell. @throws HearthError
   */
  validate(problems: Problems, section: string, given: string): void {
    for (const name of Object.keys(this.environment.parameters)) {
      if (this.schemas.has(name) || problems.broken.has(name)) continue
      problems.attempt(given === '' ? '' : `${given}.${name}`, () => {
        throw errors.unknownUserParameter(name, instead(name, this.schemas.keys()))
      })
    }
    for (const schema of this.schemas.values()) {
      const path = `${section}.${schema.name}`
      problems.attempt(path, () => this.keeping(schema.name, () => this.validateOne(schema, path)), schema.name)
    }
  }

  /** Errors of a hidden parameter do not tell its value. */
  private keeping<Result>(name: string, work: () => Result): Result {
    return errors.keepingSecret(() => this.hidden.has(name), work)
  }

  private validateOne(schema: ParameterSchema, path: string): void {
    checkSchema(schema, path)
    const { name, type, constraints } = schema
    if (!this.strict && this.raw(name) === null) return checkNames(schema, this.checks, path)
    const isDefault = this.given(name) === null && (own(this.environment.parameter_defaults, name) ?? null) === null
    placed(isDefault && schema.default !== null ? placeOf(schema, path).default : path, () => {
      const value = this.value(name)
      const known = !Unknown.within(value)
      const why = known ? violation(constraints, value as Json, converter(type), this.checks) : undefined
      if (why !== undefined) throw invalid(name, why)
    })
  }

  /** What no message tells: the values of those that are hidden, as texts would have them. */
  secretTexts(): string[] {
    return [...this.hidden].flatMap(name => {
      try {
        return this.schemas.has(name) ? secretsIn(plainNumbers(this.value(name))) : []
      } catch {
        // What does not fit is no value of anything.
        return secretsIn(plainNumbers(this.raw(name)))
      }
    })
  }

  /** Every value as text, as a stack shows its parameters; hidden ones masked. */
  format(): Record<string, string> {
    const shown: Record<string, string> = {}
    for (const [name, value] of this.pseudo) put(shown, name, value)
    for (const { name, type } of this.schemas.values()) {
      if (this.raw(name) === null) continue
      put(shown, name, this.hidden.has(name) ? hiddenText : formatParameter(type, this.value(name) as Json))
    }
    return shown
  }

  private raw(name: string): Json {
    return this.given(name) ?? this.defaultOf(name)
  }
}

/** Given values with those of hidden parameters replaced by asterisks, for whoever reads an environment. */
export function maskHidden(values: JsonMap, hidden: ReadonlySet<string>): JsonMap {
  const masked: JsonMap = {}
  for (const [name, value] of Object.entries(values)) put(masked, name, hidden.has(name) ? hiddenText : value)
  return masked
}

const invalid = (name: string, why: Told): errors.HearthError =>
  errors.stackValidationFailed({ message: told`Parameter '${plain(name)}' is invalid: ${why}` })

function fit<Result>(name: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw error instanceof Unfit ? invalid(name, error.told) : error
  }
}

/** Both sides of an allowed value are converted; what cannot be is left as it is, and so differs. */
const converter =
  (type: ParameterType) =>
  (allowed: Json): Json => {
    try {
      return convertParameter(type, allowed)
    } catch {
      return allowed
    }
  }

const fitting: readonly (readonly [string, string, readonly ParameterType[]])[] = [
  ['range', 'Range', ['number']],
  ['length', 'Length', ['string', 'comma_delimited_list', 'json']],
  ['modulo', 'Modulo', ['number']],
  ['allowed_values', 'AllowedValues', ['string', 'number', 'boolean', 'comma_delimited_list']],
  ['allowed_pattern', 'AllowedPattern', ['string']],
  ['custom_constraint', 'CustomConstraint', ['string', 'number', 'boolean', 'comma_delimited_list']],
]

/** Without a value nobody meets a constraint that is not there, but no value will do. */
function checkNames(schema: ParameterSchema, checks: NamedChecks, path: string): void {
  const { name, constraints } = schema
  for (const [index, constraint] of constraints.entries()) {
    if (!('custom_constraint' in constraint)) continue
    const absent = checks.absent(constraint.custom_constraint)
    if (absent === undefined) continue
    const why = told`no value validates ${plain(constraint.custom_constraint)} (${plain(absent)})`
    throw invalid(name, why).at(placeOf(schema, path).constraint(index))
  }
}

/** Where its parts stand. @param path of the declaration. */
const placeOf = ({ keys }: ParameterSchema, path: string) => ({
  default: `${path}.${keys?.default ?? 'default'}`,
  constraint: (index: number): { readonly path: string } => ({
    path: `${path}.${keys?.constraints[index] ?? `constraints[${index}]`}`,
  }),
})

/** Do the constraints fit the type, and the template's default them? It is checked even if a value is given. */
function checkSchema(schema: ParameterSchema, path: string): void {
  const { name, type, constraints, default: fallback } = schema
  const place = placeOf(schema, path)
  for (const [index, constraint] of constraints.entries()) {
    const flaw = 'allowed_pattern' in constraint ? flawOfPattern(constraint.allowed_pattern) : undefined
    if (flaw !== undefined) throw invalid(name, plain(flaw)).at(place.constraint(index))
    const unfit = fitting.find(([kind, , types]) => kind in constraint && !types.includes(type))
    if (unfit === undefined) continue
    const [, kind, types] = unfit
    const expected = types.length === 1 ? types[0] : `one of ${types.join(', ')}`
    throw invalid(name, plain(`${kind} constraint invalid for ${type}; expected ${expected}`)).at(
      place.constraint(index),
    )
  }
  if (fallback === null) return
  placed(place.default, () => {
    const value =
      type === 'json' && typeof fallback === 'string' ? fallback : fit(name, () => convertParameter(type, fallback))
    const checked = constraints.filter((constraint: ConstraintSchema) => !('custom_constraint' in constraint))
    const why = violation(checked, value, converter(type))
    if (why !== undefined) throw invalid(name, told`Invalid default ${str(fallback)} (${why})`)
  })
}
