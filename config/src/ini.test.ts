import { expect } from 'chai'
import fc from 'fast-check'
import { parseIni, printValue, stringifyIni } from './ini.js'

describe('INI', () => {
  const read = (text: string) => JSON.parse(JSON.stringify(parseIni(text).sections)) as unknown

  it('reads sections, both signs of assignment, and values with = in them', () => {
    expect(read('[a]\nx = 1=2\ny: b\n[DEFAULT]\nz=')).to.deep.equal({ a: { x: '1=2', y: 'b' }, DEFAULT: { z: '' } })
  })

  it('drops comments, and keeps # and ; inside a value', () => {
    const text = '# one\n; two\n[a]\nurl = postgres://u:p#s;s@h/d # why\nempty = # nothing\n'
    expect(read(text)).to.deep.equal({ a: { url: 'postgres://u:p#s;s@h/d', empty: '' } })
  })

  it('drops the quotes of a whole value and keeps a comment sign in them', () => {
    expect(read(`[a]\nx = "p #w"  ; why\ny = 'it''s'\nz = "a" b`)).to.deep.equal({
      a: { x: 'p #w', y: "it''s", z: '"a" b' },
    })
  })

  it('joins indented lines, whatever the line ends are, and takes the last of equal options', () => {
    expect(read('\uFEFF[a]\r\nx =\r\n  one,\r\n  # not this\r\n  two\r\ny=1\r\n[b]\r\n[a]\r\ny=2')).to.deep.equal({
      a: { x: 'one,\ntwo', y: '2' },
      b: {},
    })
  })

  it('knows the line of each option', () => {
    const file = parseIni('\n[a]\nx = 1\n\n[b]\nx = 2\n  3\n[a]\nx = 4')
    expect([file.line('a', 'x'), file.line('b', 'x'), file.line('a', 'y')]).to.deep.equal([9, 6, undefined])
  })

  it('takes options before any section for DEFAULT, and any word for a name', () => {
    const { sections } = parseIni('debug = true\n[__proto__]\nconstructor = 1')
    expect(sections.DEFAULT).to.deep.equal({ debug: 'true' })
    expect(Object.keys(sections)).to.deep.equal(['DEFAULT', '__proto__'])
  })

  it('names the line that is neither, without what may be a password', () => {
    expect(parseIni('[a\nx = 1\nsecret p4ss\n= 2').problems).to.deep.equal([
      '1: expected a section as [name], got [a',
      '3: expected [section], name = value or a comment, got secret …',
      '4: expected [section], name = value or a comment, got = …',
    ])
  })

  it('reads back what it writes', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,12}$/)
    const value = fc.string().filter(text => {
      try {
        return printValue(text) !== undefined
      } catch {
        return false
      }
    })
    fc.assert(
      fc.property(fc.dictionary(name, fc.dictionary(name, value)), sections => {
        const read = parseIni(stringifyIni(sections))
        expect(read.problems).to.deep.equal([])
        expect(JSON.parse(JSON.stringify(read.sections))).to.deep.equal(JSON.parse(JSON.stringify(sections)))
      }),
    )
  })

  it('reads anything without throwing', () => {
    fc.assert(fc.property(fc.string(), text => void parseIni(text)))
  })
})
