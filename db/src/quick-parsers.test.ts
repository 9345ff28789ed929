import { expect } from 'chai'
import pg from 'pg'
import { quickened } from './quick-parsers.js'

describe('values read quickly', () => {
  const { types } = pg
  const timestamptz = 1184
  const read = (oid: number, text: string): unknown => quickened(types).getTypeParser(oid, 'text')(text)
  const asTheDriver = (oid: number, text: string): unknown => types.getTypeParser(oid, 'text')(text)

  it('are the times that the driver reads', () => {
    for (const text of [
      '2026-01-02 03:04:05+00',
      '2026-01-02 03:04:05.6+00',
      '2026-12-31 23:59:59.678901+00',
      '2026-01-02 03:04:05.678901+05:30',
      '10026-01-02 03:04:05+00',
      '0044-03-15 12:00:00+00 BC',
      'infinity',
    ])
      expect(read(timestamptz, text), text).to.deep.equal(asTheDriver(timestamptz, text))
  })

  it('are arrays of ids', () => {
    expect(read(1016, '{}')).to.deep.equal([])
    expect(read(1016, '{1,9007199254740993}')).to.deep.equal(['1', '9007199254740993'])
    expect(read(2951, '{0b5c2f6e-0000-4000-8000-000000000000}')).to.deep.equal(['0b5c2f6e-0000-4000-8000-000000000000'])
  })

  it('of other types are read by the driver', () => {
    expect(read(16, 't')).to.equal(true)
  })
})
