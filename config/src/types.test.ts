import { expect } from 'chai'
import fc from 'fast-check'
import {
  boolean,
  choice,
  choices,
  float,
  integer,
  list,
  type OptionType,
  postgresUrl,
  seconds,
  secret,
} from './types.js'

describe('Option types', () => {
  it('read what operators write for true and false, in any case', () => {
    const words = { true: true, yes: true, on: true, 1: true, false: false, no: false, off: false, 0: false }
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.entries(words)),
        fc.infiniteStream(fc.boolean()),
        ([word, value], upper) => {
          const written = [...word].map(letter => (upper.next().value ? letter.toUpperCase() : letter)).join('')
          expect(boolean.parse(written)).to.equal(value)
        },
      ),
    )
    for (const other of ['', 'maybe', '2', 'truee']) expect(boolean.parse(other)).to.equal(undefined)
  })

  it('hold numbers within their bounds', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer(), (a, b, value) => {
        const [min, max] = a < b ? [a, b] : [b, a]
        const allowed = value >= min && value <= max
        expect(integer({ min, max }).parse(`${value}`)).to.equal(allowed ? value : undefined)
      }),
    )
    for (const other of ['', '1.5', '0x10', '1e3', 'ten', '9'.repeat(30)])
      expect(integer().parse(other)).to.equal(undefined)
    expect(float({ min: 0 }).parse('.5')).to.equal(0.5)
  })

  it('read durations with and without a unit', () => {
    const read = ['30', '30s', '500ms', '5m', '1H', '1.5 h', '1d'].map(text => seconds().parse(text))
    expect(read).to.deep.equal([30, 30, 0.5, 300, 3600, 5400, 86_400])
    for (const other of ['', 's', '5 weeks', '-1', '1.2.3']) expect(seconds().parse(other)).to.equal(undefined)
    expect(seconds({ min: 2, max: 300 }).parse('5m')).to.equal(300)
    expect(seconds({ min: 2, max: 300 }).parse('6m')).to.equal(undefined)
    const said = [{}, { min: 1 }, { min: 2 }, { max: 1 }, { max: 5 }, { min: 0, max: 1 }].map(
      bounds => seconds(bounds).expected,
    )
    expect(said).to.deep.equal([
      'a number of seconds',
      'at least 1 second',
      'at least 2 seconds',
      'at most 1 second',
      'at most 5 seconds',
      '0 to 1 second',
    ])
  })

  it('split lists at commas and line ends', () => {
    expect(list.parse(' a, b,\nc\n,')).to.deep.equal(['a', 'b', 'c'])
    expect(list.parse('')).to.deep.equal([])
  })

  it('read choices in any case', () => {
    expect(choice('noauth', 'keystone').parse('NoAuth')).to.equal('noauth')
    expect(choice('noauth').parse('none')).to.equal(undefined)
  })

  it('read several choices, of which at least one must be made', () => {
    const roles = choices('api', 'worker')
    expect(roles.parse(' Worker, api,worker')).to.deep.equal(['worker', 'api'])
    for (const other of ['', ',', 'api, cook']) expect(roles.parse(other)).to.equal(undefined)
    expect(roles.neverEmpty).to.equal(true)
  })

  it('take the driver off a database address', () => {
    expect(postgresUrl.parse('postgresql+psycopg2://u:p@h:5432/heat')).to.equal('postgresql://u:p@h:5432/heat')
    for (const other of ['mysql://u@h/heat', '//u@h/heat', 'h:5432'])
      expect(postgresUrl.parse(other)).to.equal(undefined)
  })

  it('never print a secret', () => {
    expect([secret('a word').print('hush'), postgresUrl.print('postgres://u:p@h/d')]).to.deep.equal(['', ''])
  })

  it('read back what they print', () => {
    const readsBack = <T>(type: OptionType<T>, values: fc.Arbitrary<T>) =>
      fc.assert(fc.property(values, value => void expect(type.parse(type.print(value))).to.deep.equal(value)))
    readsBack(boolean, fc.boolean())
    readsBack(integer(), fc.integer())
    readsBack(seconds(), fc.nat())
    readsBack(list, fc.array(fc.stringMatching(/^[a-z@/-]+$/)))
  })
})
