import { expect } from 'chai'
import fc from 'fast-check'
import { checkStorable } from './storable.js'

describe('Values that are kept', () => {
  it('are refused, with their path, where they have text that jsonb does not take', () => {
    const all: [unknown, string][] = [
      ['a\0', 'properties'],
      [{ list: [1, { text: '\ud800' }] }, 'properties.list[1].text'],
      [{ 'key\udc00': 1 }, 'properties'],
    ]
    for (const [value, path] of all) {
      expect(() => checkStorable('properties', value as string)).to.throw(`${path} has text that cannot be stored`)
    }
  })

  it('may have every other text', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.jsonValue(), (text, value) => {
        const kept = text.replaceAll('\0', '')
        if (!/\\u(0000|d[89a-f])/.test(JSON.stringify(value))) checkStorable('properties', [kept, value] as never)
      }),
    ))
})
