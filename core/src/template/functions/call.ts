import * as errors from '../../errors.js'
import { type MaybeUnknown, Unknown } from '../../plugin/schema.js'
import {
  type Checks,
  type Expression,
  inStep,
  join,
  ListExpression,
  type Reference,
  type Resolved,
  type Scope,
  unknownScope,
  valueOf,
} from '../expression.js'
import { placed } from '../problems.js'
import { str } from '../values/python.js'
import type { Rule, Site } from './rule.js'

/** A function in its place: its arguments are expressions, its value follows from theirs. */
export class Call implements Expression {
  constructor(
    private readonly rule: Rule,
    private readonly args: Expression,
    private readonly site: Site,
  ) {}

  resolve(scope: Scope): Resolved {
    return this.rule.evaluate(valueOf(this.args, inStep(scope, this.site.name)), this.site, scope)
  }

  references(path: string, found: (reference: Reference) => void): void {
    const refers = this.rule.refers?.(this.early(), this.site)
    if (refers !== undefined) {
      const { resource, attribute, within = [] } = refers
      found({
        resource: Unknown.is(resource) ? 'None' : str(resource),
        attribute: attribute === undefined ? '' : typeof attribute === 'string' ? attribute : undefined,
        ...(within.length === 0 ? {} : { within }),
        path,
      })
    }
    this.args.references(join(path, this.site.name), found)
  }

  check(path: string, checks: Checks): void {
    const inside = checksInside(join(path, this.site.name), checks)
    this.args.check('', inside)
    inside.attempt('', () => this.rule.check?.(this.args, this.site, inside))
  }

  /** The arguments as far as they are known before any resource exists; each item of a list by itself. */
  private early(args: Expression = this.args): MaybeUnknown {
    if (args instanceof ListExpression) return args.items.map(item => this.early(item))
    try {
      return valueOf(args, unknownScope)
    } catch (error) {
      if (this.site.around.room.exhausted) throw error
      // What is wrong with them is told when the function is resolved.
      return new Unknown('its arguments cannot be resolved')
    }
  }
}

/** Checks of a function's arguments, whose paths begin in there. */
export const checksInside = (path: string, checks: Checks): Checks => ({
  ...checks,
  attempt: (inner, work) => checks.attempt(path, () => within(path, () => placed(inner, work))),
  doubt: (inner, message) => checks.doubt(below(path, inner), message),
})

/** Puts what is wrong inside a function under the function's own path, as Heat words it. */
function within<Result>(path: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (!errors.HearthError.is(error)) throw error
    const place = below(path, error.place?.path ?? error.path ?? '')
    throw errors.stackValidationFailed({ path, message: error.told }).at({ path: place })
  }
}

const below = (path: string, inner: string): string =>
  inner === '' || inner.startsWith('[') ? `${path}${inner}` : `${path}.${inner}`
