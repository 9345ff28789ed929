import { expect } from 'chai'
import fc from 'fast-check'
import { fill, fillText, placeholdersIn } from './placeholders.js'

describe('placeholders', () => {
  it('are filled in wherever a text stands, with the type of the value where nothing else does', () => {
    const variables = { id: 5, name: 'x', list: [1] }
    expect(fill({ a: ['{{ id }}', 'no {{id}}', '{{list}}'], b: true, c: { d: '{{name}}' } }, variables)).to.deep.equal({
      a: [5, 'no 5', [1]],
      b: true,
      c: { d: 'x' },
    })
    expect(fillText('a/{{list}}', variables, encodeURIComponent)).to.equal('a/%5B1%5D')
  })

  it('are not looked for in what was filled in', () => {
    expect(fillText('{{a}}', { a: '{{b}}', b: 'x' })).to.equal('{{b}}')
  })

  it('without a value are an error that says which have one', () => {
    for (const name of ['x', 'toString', '__proto__', 'none']) {
      expect(() => fill(`{{${name}}}`, { id: 1, none: null })).to.throw(`{{${name}}} has no value here; there are id.`)
    }
  })

  it('leave a value without any as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        if (!JSON.stringify(value).includes('{{')) {
          expect(JSON.stringify(fill(value as never, {}))).to.equal(JSON.stringify(value))
          expect(placeholdersIn(value as never)).to.deep.equal([])
        }
      }),
    )
  })
})
