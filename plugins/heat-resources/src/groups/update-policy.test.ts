import { Unknown } from '@hearth/core/plugin'
import { expect } from 'chai'
import fc from 'fast-check'
import { cfnPolicyOf } from './update-policy.js'

const policy = (PauseTime: string) => cfnPolicyOf({ MaxBatchSize: 2, MinInstancesInService: 1, PauseTime })

describe('An update policy as CloudFormation has it', () => {
  it('says how many at once, how many are left alone, and how long a pause is', () => {
    expect(policy('PT1M30S')).to.deep.equal({ maxBatchSize: 2, minInService: 1, pauseSeconds: 90 })
    for (const none of [undefined, null, new Unknown()]) expect(cfnPolicyOf(none)).to.equal(undefined)
  })

  it('has pauses of an hour at most, of hours, minutes and seconds', () =>
    fc.assert(
      fc.property(fc.nat(2), fc.nat(90), fc.nat(4000), (hours, minutes, seconds) => {
        const [text, total] = [`PT${hours}H${minutes}M${seconds}S`, hours * 3600 + minutes * 60 + seconds]
        if (total > 3600) expect(() => policy(text)).to.throw('Maximum PauseTime is 1 hour.')
        else expect(policy(text)?.pauseSeconds).to.equal(total)
      }),
    ))

  it('has no pauses that are written in another way', () => {
    for (const text of ['', '1', 'P1D', 'PT1.5S', 'PT1S1M', 'PT-1S'])
      expect(() => policy(text)).to.throw('Only ISO 8601 duration format of the form PT#H#M#S is supported.')
  })
})
