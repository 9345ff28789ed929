import { expect } from 'chai'
import { plainNumbers } from '../values/float.js'
import { type Json, parse, YaqlError } from './index.js'

/** Helpers of the tests beside it. */
const limits = { iterators: 200, memory: 10_000 }

/** Whole floats as the numbers that they are. */
export const run = (expression: string, data: Json = null): Json =>
  plainNumbers(parse(expression).evaluate(data, limits) as Parameters<typeof plainNumbers>[0]) as Json

/** @throws AssertionError if the expression has a value. */
export function refusal(expression: string, data: Json = null): string {
  try {
    run(expression, data)
  } catch (error) {
    if (error instanceof YaqlError) return error.message
    throw error
  }
  return expect.fail(`${expression} was not refused`)
}

/** Expression, what it gives, and the data that `$` is. */
export type Case = readonly [expression: string, value: Json, data?: Json]

/** A test for each. */
export function gives(cases: readonly Case[]): void {
  for (const [expression, value, data] of cases) {
    it(`${expression} gives ${JSON.stringify(value)}`, () => expect(run(expression, data)).to.deep.equal(value))
  }
}

/** Expression, what is said of it, and the data. */
export type Refusal = readonly [expression: string, message: string, data?: Json]

/** A test for each. */
export function refuses(cases: readonly Refusal[]): void {
  for (const [expression, message, data] of cases) {
    it(`${expression} is refused: ${message.slice(0, 80)}`, () => expect(refusal(expression, data)).to.equal(message))
  }
}

export const people: Json = [
  { name: 'Ann', age: 34, tags: ['a', 'b'] },
  { name: 'Bob', age: 17, tags: [] },
  { name: 'Cid', age: 52, tags: ['b'] },
]
