import { expect } from 'chai'
import { HearthError } from '../../errors.js'
import { PropertyFailure, ResourceFailure, type ResourceType } from '../../plugin/index.js'
import { failureReason } from '../failure.js'
import { checkByType, checkId } from './type-checks.js'

const at = 'resources.web.properties'

describe('what a type says against properties', () => {
  const refusing = (error: Error) =>
    ({
      validate: () => {
        throw error
      },
    }) as unknown as ResourceType
  const refusal = (error: Error, ...place: [string?]): HearthError => {
    try {
      checkByType(refusing(error), {}, { name: 'web', timeoutSeconds: 60 }, ...place)
    } catch (thrown) {
      if (HearthError.is(thrown)) return thrown
    }
    throw new Error('it was not refused')
  }
  const ofOne = new PropertyFailure('create.url', 'expected a URL')
  const ofAll = new ResourceFailure('too long for its stack')

  it('is told with the place in the template, as what its schema says is', () => {
    expect(refusal(ofOne, at)).to.include({
      type: 'StackValidationFailed',
      path: `${at}.create.url`,
      message: `Property error: ${at}.create.url: expected a URL`,
    })
    expect(refusal(ofAll, at)).to.include({ path: at, message: `${at}: too long for its stack` })
  })

  it('is told in words of Heat where a step is about to begin, or has', () => {
    const log = { debug() {}, info() {}, warn() {}, error() {} }
    const reason = 'StackValidationFailed: resources.web: Property error: Properties.create.url: expected a URL'
    expect(failureReason(refusal(ofOne), 'web', log)).to.equal(reason)
    expect(failureReason(ofOne, 'web', log)).to.equal(reason)
    expect(failureReason(refusal(ofAll), 'web', log)).to.equal(
      'StackValidationFailed: resources.web: too long for its stack',
    )
  })

  it('is a bug of the plugin if it is nothing of that', () => {
    expect(() => checkByType(refusing(new TypeError('oops')), {}, { name: 'web', timeoutSeconds: 60 }, at)).to.throw(
      TypeError,
      'oops',
    )
  })

  it('is told of the id of what exists as well, with the place of that', () => {
    const ofId = (error: Error): HearthError => {
      const type = {
        validateId: () => {
          throw error
        },
      } as unknown as ResourceType
      try {
        checkId(type, 'x', { project: 'p' }, 'resources.web.external_id')
      } catch (thrown) {
        if (HearthError.is(thrown)) return thrown
      }
      throw new Error('it was not refused')
    }
    const path = 'resources.web.external_id'
    expect(ofId(ofAll)).to.include({ path, message: `${path}: too long for its stack` })
    expect(ofId(ofOne)).to.include({ path, message: `${path}: expected a URL` })
    expect(() => checkId({} as ResourceType, 'x', { project: 'p' }, path)).not.to.throw()
  })
})
