import { expect } from 'chai'
import fc from 'fast-check'
import { asJsonb, jsonbText } from './jsonb.js'
import type { JsonValue } from './rows.js'
import { eachPostgres } from './testing/each-postgres.js'

eachPostgres('a value as jsonb gives it back', bench => {
  const kept = async (value: JsonValue): Promise<JsonValue | undefined> => {
    const [row] = await bench().db.query<{ kept: JsonValue }>('SELECT $1::jsonb AS kept', [jsonbText(value)])
    return row?.kept
  }
  // A number with an exponent has digits in jsonb that it had not before.
  const any = fc
    .jsonValue({ maxDepth: 3 })
    .filter(value => !/\de/.test(JSON.stringify(value))) as fc.Arbitrary<JsonValue>

  it('is the same value, with its keys in the same order', async () => {
    await fc.assert(
      fc.asyncProperty(any, async value => {
        expect(JSON.stringify(asJsonb(value))).to.equal(JSON.stringify(await kept(value)))
      }),
      { numRuns: 150 },
    )
  })

  it('has its keys by length, whatever they are made of, and a sign for what cannot be kept', async () => {
    const value = { bbb: 1, aa: [{ z: 1, é: 2, '10': 3 }], é: -0, 'n\0': 'half \ud800', __proto__x: null }
    expect(JSON.stringify(asJsonb(value))).to.equal(JSON.stringify(await kept(value)))
  })
})
