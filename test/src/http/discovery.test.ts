import { expect } from 'chai'
import { ofTheApi } from './ground.js'

ofTheApi('discovery and conventions', ({ api, daemon, refused }) => {
  it('answers 300 with the versions at / and at an unknown version', async () => {
    for (const path of ['/', '/versions', '/v2/demo/stacks']) {
      const response = await fetch(`${daemon().url}${path}`)
      expect(response.status).to.equal(300)
      const { versions } = (await response.json()) as { versions: unknown }
      expect(versions).to.deep.equal([
        { id: 'v1.0', status: 'CURRENT', links: [{ rel: 'self', href: `${daemon().url}/v1/` }] },
      ])
    }
  })

  it('sends a bare JSON content type and a request id', async () => {
    const { headers } = await api().get('/stacks')
    expect(headers.get('content-type')).to.equal('application/json')
    expect(headers.get('x-openstack-request-id')).to.match(/^req-[0-9a-f-]{36}$/)
  })

  it('takes v1.0 for v1, and echoes the prefix in links', async () => {
    const response = await fetch(`${daemon().url}/v1.0/demo/stacks`)
    expect(response.status).to.equal(200)
  })

  it('tells a wrong method from an unknown path', async () => {
    await refused('DELETE', '/stacks', undefined, 405, /allowed: GET, POST/, 'HTTPMethodNotAllowed')
    await refused('GET', '/nothing/here', undefined, 404, /nothing at/, 'HTTPNotFound')
    const head = await fetch(`${daemon().url}/v1/demo/stacks`, { method: 'HEAD' })
    expect(head.status).to.equal(405)
    const options = await fetch(`${daemon().url}/v1/demo/stacks`, { method: 'OPTIONS' })
    expect([options.status, options.headers.get('allow')]).to.deep.equal([204, 'GET,POST'])
  })

  it('is well', async () => {
    expect(await (await fetch(`${daemon().url}/healthcheck`)).text()).to.equal('OK')
  })
})
