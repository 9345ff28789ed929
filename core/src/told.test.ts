import { expect } from 'chai'
import { HearthError, keepingSecret, stackValidationFailed, valueError } from './errors.js'
import { plain, shortened, told } from './told.js'

describe('what errors tell', () => {
  it('is a value as it is, shortened if it is long, with its length', () => {
    expect(told`Value '${'ab'}' is wrong`.open).to.equal("Value 'ab' is wrong")
    expect(shortened('x'.repeat(400_000))).to.equal(`${'x'.repeat(200)}… (400000 characters)`)
    expect(shortened('😀'.repeat(200), 199)).to.equal(`${'😀'.repeat(99)}… (400 characters)`)
  })

  it('is asterisks instead of a value where something secret is in it', () => {
    const inner = told`"${'TOPSECRET'}" does not match pattern "${plain('[a-z]+')}"`
    const error = stackValidationFailed({ error: 'Property error', path: 'a.b', message: told`Wrong: ${inner}` })
    expect(error.message).to.equal('Property error: a.b: Wrong: "TOPSECRET" does not match pattern "[a-z]+"')
    expect(error.withoutValues.message).to.equal('Property error: a.b: Wrong: "******" does not match pattern "[a-z]+"')
    expect(error.withoutValues.withoutValues.message).to.equal(error.withoutValues.message)
  })

  it('is nothing of a text of which nobody knows what it tells, unless it is a function that speaks of itself', () => {
    const refuse = (error: HearthError) => () =>
      keepingSecret(
        () => true,
        () => {
          throw error
        },
      )
    expect(refuse(stackValidationFailed({ message: 'TOPSECRET is wrong' }))).to.throw(
      /^something is wrong with it, which/,
    )
    expect(refuse(valueError('"f" needs a map'))).to.throw('"f" needs a map')
  })

  it('is never longer than a page, whatever was put into it', () => {
    const error = stackValidationFailed({ path: 'p'.repeat(400_000), message: 'm'.repeat(400_000) })
    expect(error.message.length).to.be.below(4_200)
  })
})
