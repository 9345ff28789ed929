import { Unknown } from '../../plugin/schema.js'
import { type Checks, type Expression, join, type Reference, type Resolved } from '../expression.js'
import { checksInside } from './call.js'

/** What stands in the place of what is malformed, where all that is wrong is gathered: it may have been anything. */
export const malformed: Expression = {
  resolve: () => new Unknown('it is malformed'),
  references: () => {},
  check: () => {},
}

/** A function in whose arguments something is malformed; the rest of them is looked through all the same. */
export class Unusable implements Expression {
  constructor(
    private readonly name: string,
    private readonly args: Expression,
  ) {}

  resolve(): Resolved {
    return new Unknown('its arguments are malformed')
  }

  references(path: string, found: (reference: Reference) => void): void {
    this.args.references(join(path, this.name), found)
  }

  check(path: string, checks: Checks): void {
    this.args.check('', checksInside(join(path, this.name), checks))
  }
}
