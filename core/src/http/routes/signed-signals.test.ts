import { expect } from 'chai'
import { loggedPath } from './signed-signals.js'

const plain = '/v1/p/stacks/s/1/resources/r/signal'

describe('The path of a request in the log', () => {
  it('has no signature, whether there is a route for it or not', () => {
    for (const path of [`${plain}/abc`, `${plain}/abc/`, `${plain}/abc/more`, `${plain}//abc`]) {
      expect(loggedPath(path)).to.equal(`${plain}/…`)
    }
    expect(loggedPath('/resources/r/SIGNAL/abc')).not.to.contain('abc')
    const within = '/v1/p/stacks/arn:openstack:heat::p:stacks%2Fs%2F1%2fresources%2Fr%2Fsignal%2F'
    expect(loggedPath(`${within}abc`)).to.equal(`${within}…`)
    expect(loggedPath(`${plain}/abc and ${plain}/def are none`)).to.equal(`${plain}/… and ${plain}/… are none`)
  })

  it('is as it was asked for where it can have none', () => {
    for (const path of [plain, '/v1/p/stacks/signal/1/resources/r', '/healthcheck']) {
      expect(loggedPath(path)).to.equal(path)
    }
  })
})
