import { expect } from 'chai'
import { withOneSegment } from './arn-path.js'

const arn = 'arn:openstack:heat::demo:stacks/web/1234'

describe('the path of a stack that is named by its ARN', () => {
  it('has it as one segment, however much of it was escaped, with what stands below the stack', () => {
    const one = `/v1/demo/stacks/${encodeURIComponent(arn)}`
    for (const given of [arn, encodeURIComponent(arn), arn.replaceAll(':', '%3a'), `${arn}/`]) {
      expect(withOneSegment(`/v1/demo/stacks/${given}`)).to.equal(one)
    }
    for (const given of [`${arn}/resources/a`, `${encodeURIComponent(arn)}/resources/a`]) {
      expect(withOneSegment(`/v1/demo/stacks/${given}`)).to.equal(`${one}%2Fresources%2Fa`)
    }
  })

  it('is left alone where there is none, or it is not well encoded', () => {
    for (const path of ['/v1/demo/stacks/arn', '/v1/demo/stacks/web/1', '/v1/arn:x/stacks', '/v1/demo/stacks/arn:%']) {
      expect(withOneSegment(path)).to.equal(path)
    }
  })
})
