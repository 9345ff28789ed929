import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect } from 'chai'
import { ReservedAddress } from './reserved.js'

const anyPort = { host: '127.0.0.1', port: 0, section: 'heat_api' }

describe('An address that is reserved', () => {
  it('answers 503 until somebody takes it over, and refuses nobody meanwhile', async () => {
    const address = await ReservedAddress.take(anyPort)
    const url = `http://127.0.0.1:${address.port}/v1/demo/stacks`
    const early = await fetch(url)
    expect([early.status, early.headers.get('retry-after')]).to.deep.equal([503, '1'])
    expect(await early.json()).to.nested.include({ code: 503, 'error.message': 'The daemon is starting; try again.' })

    const server = createServer((_request, response) => response.end('here'))
    await address.handOver(server)
    address.close()
    expect(await (await fetch(url)).text()).to.equal('here')
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })

  it('is nobody else’s, who learns which option to change', async () => {
    const address = await ReservedAddress.take(anyPort)
    const { port } = address
    try {
      const second = await ReservedAddress.take({ ...anyPort, port }).catch(String)
      expect(second).to.match(/Port \d+ of 127\.0\.0\.1 is in use.* choose another port with \[heat_api\] bind_port/)
    } finally {
      address.close()
    }
    const again = await ReservedAddress.take({ ...anyPort, port })
    again.close()
  })
})
