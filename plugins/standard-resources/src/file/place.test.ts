import { join, sep } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { placeOf, readId, staged } from './place.js'

describe('a place below the root', () => {
  it('is never elsewhere, whatever its path says', () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '', 'a', '~', '\0', '\\', '...', 'b c'), fc.string())
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.boolean(), (parts, leading) => {
        const path = `${leading ? '/' : ''}${parts.join('/')}`
        let id: string
        try {
          id = placeOf(path, 'demo').id
        } catch (error) {
          expect((error as Error).message).to.include('is not allowed; expected')
          return
        }
        expect(join('/root', id).startsWith(`/root/demo${sep}`)).to.equal(true)
        expect(join('/root', id)).to.equal(`/root/demo/${path.replace(/\/$/, '')}`)
      }),
    )
  })

  it('is refused for a project that is no name, and for what only the daemon names so', () => {
    expect(() => placeOf('x', '..')).to.throw('is not allowed')
    expect(() => placeOf('x.hearth-1', 'demo')).to.throw('is not allowed')
    expect(() => placeOf('x'.repeat(201))).to.throw('is not allowed')
  })

  it('is told by its id, also before anything is there', () => {
    const { id } = placeOf('a/b', 'demo')
    expect(readId(id)).to.deep.include({ begun: false })
    expect(readId(staged(id, 'r'))).to.deep.equal({ place: placeOf('a/b', 'demo'), begun: true })
  })
})
