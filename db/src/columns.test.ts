import { expect } from 'chai'
import fc from 'fast-check'
import { Columns } from './columns.js'
import { eachPostgres } from './testing/each-postgres.js'

const columns = new Columns({ id: 'uuid', name: 'text', leads: 'boolean', content: 'jsonb', needs: 'uuid[]' })

const id = fc.uuid()
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', 'NULL', 'null', '"', '\\', '{}', '{a,b}', ',', ' ', '\n', '\\"', '$1', "'"),
)
/** jsonb keeps no NUL, no half of a surrogate pair, and no minus before a zero. */
const json = fc
  .jsonValue({ maxDepth: 2 })
  .filter(value => !JSON.stringify(value).includes('\\u0000') && !JSON.stringify(value).includes('e'))
  .map(value => JSON.parse(JSON.stringify(value)) as unknown)
const row = fc.record({
  id,
  name: fc.option(text.filter(one => !one.includes('\0'))),
  leads: fc.option(fc.boolean()),
  content: fc.option(json),
  needs: fc.option(fc.array(id, { maxLength: 3 })),
})

eachPostgres('rows as columns', bench => {
  const ask = (rows: readonly object[]): Promise<object[]> =>
    bench().db.query(`SELECT * FROM ${columns.from(1)} AS t`, columns.of(rows))

  it('arrive as they were, in their order, whether a column is always the same or not', async () => {
    const rows = fc.oneof(fc.array(row, { maxLength: 8 }), fc.tuple(row, fc.nat({ max: 5 })).map(repeated))
    await fc.assert(
      fc.asyncProperty(rows, async given => {
        expect(await ask(given)).to.deep.equal(given)
      }),
      { numRuns: 150 },
    )
  })

  it('have a sign in JSON, too, for what jsonb does not take, and nothing else changes', async () => {
    const content = { 'a\0': ['\ud800', '\\u0000', '\\\0', '😀', '\udc00"'] }
    const [row] = await ask([{ content }, {}])
    expect(row).to.have.deep.property('content', { 'a\ufffd': ['\ufffd', '\\u0000', '\\\ufffd', '😀', '\ufffd"'] })
  })

  it('have null for what is missing, and a sign for the character that PostgreSQL has not', async () => {
    expect(await ask([{ name: 'a\0b' }, {}])).to.deep.equal([
      { id: null, name: 'a\ufffdb', leads: null, content: null, needs: null },
      { id: null, name: null, leads: null, content: null, needs: null },
    ])
  })
})

const repeated = ([one, times]: [object, number]): object[] => Array.from({ length: times }, () => one)
