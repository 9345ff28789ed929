import { expect } from 'chai'
import { loggedPath } from './signed-signals.js'

const plain = '/v1/p/stacks/s/1/resources/r/signal'

describe('The path of a request in the log', () => {
  it('has no signature, whether there is a route for it or not', () => {
    for (const path of [`${plain}/abc`, `${plain}/abc/`, `${plain}/abc/more`, `${plain}//abc`]) {
      expect(loggedPath(path)).to.equal(`${plain}/…`)
    }
    expect(loggedPath('/resources/r/SIGNAL/abc')).not.to.contain('abc')
  })

  it('is as it was asked for where it can have none', () => {
    for (const path of [plain, '/v1/p/stacks/signal/1/resources/r', '/healthcheck']) {
      expect(loggedPath(path)).to.equal(path)
    }
  })
})
