import { expect } from 'chai'
import fc from 'fast-check'
import { eachPostgres } from './testing/each-postgres.js'

eachPostgres('lists that are sent', bench => {
  const text = fc
    .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', 'NULL', '"', '\\', '{}', ',', ' ', '\n', "'"))
    .filter(one => !one.includes('\0'))
  const lists = fc.record({
    texts: fc.array(fc.option(text)),
    numbers: fc.array(fc.integer({ min: -1000, max: 1000 })),
    flags: fc.array(fc.option(fc.boolean())),
  })

  it('arrive as they were', async () => {
    const { db } = bench()
    await fc.assert(
      fc.asyncProperty(lists, async given => {
        const [row] = await db.query('SELECT $1::text[] AS texts, $2::int[] AS numbers, $3::boolean[] AS flags', [
          given.texts,
          given.numbers,
          given.flags,
        ])
        expect(row).to.deep.equal(given)
      }),
      { numRuns: 100 },
    )
  })

  it('of times and of bytes are written by the driver', async () => {
    const time = new Date('2026-01-02T03:04:05.678Z')
    const bytes = Buffer.from([0, 1, 255])
    const [row] = await bench().db.query('SELECT $1::timestamptz[] AS times, $2::bytea[] AS bytes', [[time], [bytes]])
    expect(row).to.deep.equal({ times: [time], bytes: [bytes] })
  })

  it('and texts have a sign for the character that PostgreSQL has not', async () => {
    const [row] = await bench().db.query('SELECT $1::text AS one, $2::text[] AS many', ['a\0b', ['a\0b']])
    expect(row).to.deep.equal({ one: 'a\ufffdb', many: ['a\ufffdb'] })
  })
})
