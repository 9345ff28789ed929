import { expect } from 'chai'
import { failureReason } from '../../resource/failure.js'
import { childFailure } from './child-failure.js'

describe('The failure of a nested stack', () => {
  const quiet = (): void => undefined
  const reasonOf = (statusReason: string): string =>
    failureReason(childFailure({ statusReason }), 'outer', { debug: quiet, info: quiet, warn: quiet, error: quiet })

  it('becomes that of its resource, with the path joined', () => {
    expect(reasonOf('Resource CREATE failed: ValueError: resources.inner: it: went wrong')).to.equal(
      'ValueError: resources.outer.resources.inner: it: went wrong',
    )
    expect(reasonOf('Resource UPDATE failed: ValueError: resources.a.resources.b: two\nlines')).to.equal(
      'ValueError: resources.outer.resources.a.resources.b: two\nlines',
    )
    expect(reasonOf('Resource CREATE failed: resources.inner: Timed out')).to.equal(
      'resources.outer.resources.inner: Timed out',
    )
  })

  it('is told as it is where it names no resource', () => {
    expect(reasonOf('Timed out')).to.equal('resources.outer: Timed out')
    expect(reasonOf('Stack CREATE cancelled')).to.equal('resources.outer: Stack CREATE cancelled')
  })
})
