import { expect } from 'chai'
import fc from 'fast-check'
import pg from 'pg'
import { refusal } from './connect.js'
import { withoutValues } from './without-values.js'

describe('what PostgreSQL says against a value', () => {
  it('is told without the value, wherever it stands', () => {
    for (const [said, told] of [
      ['invalid input syntax for type integer: "swordfish"', 'invalid input syntax for type integer: ******'],
      ['value "9999999999" is out of range for type integer', 'value ****** is out of range for type integer'],
      ['syntax error at or near "swordfish"', 'syntax error at or near ******'],
      ['invalid byte sequence for encoding "UTF8": 0xff', 'invalid byte sequence for encoding ******: ******'],
      ['ungültige Eingabesyntax für Typ integer: »swordfish«', 'ungültige Eingabesyntax für Typ integer: ******'],
      ['division by zero', 'division by zero'],
    ] as const)
      expect(withoutValues(said)).to.equal(told)
  })

  it('holds nothing of it whatever is in it: quotes, colons, lines', () => {
    const value = fc.string({ unit: fc.constantFrom('"', "'", ': ', '\n', '$$', 'X', '«') })
    fc.assert(
      fc.property(value, given => {
        for (const said of [`wrong: "${given}"`, `value "${given}" is out of range`, `at or near "${given}"`])
          expect(withoutValues(said)).not.to.include('X')
      }),
    )
  })

  it('is a reason with the line, and without the rows, that a script gave or found', () => {
    const error = (code: string, message: string): pg.DatabaseError =>
      Object.assign(new pg.DatabaseError(message, 1, 'error'), { code, detail: 'Key (a)=(swordfish)', position: '16' })
    const script = "-- don't\nSELECT E'it\\'s', $$swordfish$$::int"
    expect(refusal(error('22P02', 'invalid input syntax for type integer: "swordfish"'), script).message).to.equal(
      'PostgreSQL says: invalid input syntax for type integer: ****** (22P02). In line 2.',
    )
    expect(refusal(error('23505', 'duplicate key value violates unique constraint "c"'), script).message).to.equal(
      'PostgreSQL says: duplicate key value violates unique constraint "c" (23505). In line 2.',
    )
    // Nobody but Hearth wrote what was asked for.
    expect(refusal(error('22P02', 'wrong: "x"')).message).to.include('"x"')
    expect(refusal(error('42P07', 'relation "t" already exists'), script).message).to.include('"t" already exists')
  })
})
