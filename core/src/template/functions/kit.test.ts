import { expect } from 'chai'
import type { Json } from '../../plugin/json.js'
import { Unknown } from '../../plugin/schema.js'
import { refused, valued } from '../kit.test.js'

/** Helpers of the tests beside it: an expression is the property `value` of a resource `one`. */
export const at = 'resources.one.properties.value'

type Options = Parameters<typeof valued>[1]

/** What is said of an expression. */
export const failure = (expression: Json, options: Options = {}): string => refused(() => valued(expression, options))

export const older = { version: '2014-10-16' }

/** The other resource is there, and nothing is known of it. */
export const unknownOther = { scope: { reference: () => new Unknown(), attribute: () => new Unknown() } }

/** A test for each: what the function gives for these arguments. */
export function gives(name: string, cases: readonly (readonly [Json, Json])[], options: Options = {}): void {
  for (const [args, value] of cases) {
    it(`${name} of ${JSON.stringify(args)} gives ${JSON.stringify(value)}`, () =>
      expect(valued({ [name]: args }, options)).to.deep.equal(value))
  }
}

/** A test for each: what is wrong with these arguments, its end at least. */
export function refuses(name: string, cases: readonly (readonly [Json, string])[], options: Options = {}): void {
  for (const [args, message] of cases) {
    it(`${name} of ${JSON.stringify(args)} is refused: ${message.slice(0, 80)}`, () => {
      const said = failure({ [name]: args }, options)
      expect(said.endsWith(message), said).to.equal(true)
    })
  }
}
