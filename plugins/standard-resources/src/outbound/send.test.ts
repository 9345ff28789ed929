import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { failureOf, surroundings } from '../testing/context.js'
import { allow, deny, maxResponseBytes } from './options.js'
import { allowedAddresses, Unreached } from './resolve.js'
import { ruleList } from './rules.js'
import { Outbound, type Request } from './send.js'

describe('a request to somebody outside', () => {
  const servers: Server[] = []
  after(() => {
    for (const server of servers) server.closeAllConnections()
    return Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  })

  async function serve(listener: RequestListener, host = '127.0.0.1'): Promise<string> {
    const server = createServer(listener)
    servers.push(server)
    await new Promise<void>(resolve => server.listen(0, host, resolve))
    return `http://${host}:${(server.address() as AddressInfo).port}`
  }
  const options = (allowed: string, denied = '') =>
    surroundings([
      [allow, ruleList.parse(allowed)],
      [deny, ruleList.parse(denied)],
      [maxResponseBytes, 1024],
    ]).options
  const get = (url: string, more: Partial<Request> = {}): Request => ({
    method: 'GET',
    url: new URL(url),
    headers: { authorization: 'secret', accept: 'text/plain' },
    ...more,
  })
  const send = (request: Request, allowed = '127.0.0.1', seconds = 5, signal = new AbortController().signal) =>
    new Outbound(options(allowed)).send(request, { signal, seconds })

  it('is answered, whole', async () => {
    const url = await serve(({ method, headers }, response) =>
      response.writeHead(201, { 'x-a': 'b' }).end(`${method} ${headers.authorization}`),
    )
    const { status, headers, text } = await send(get(url, { method: 'POST', body: '{}' }))
    expect([status, headers['x-a'], text]).to.deep.equal([201, 'b', 'POST secret'])
  })

  it('does not leave for whom the operator does not allow, however the address is written', async () => {
    let asked = 0
    const url = await serve((_, response) => {
      asked++
      response.end()
    })
    const { port } = new URL(url)
    const decimal = ['127.0.0.1', 'localhost', '2130706433', '127.1']
    const others = [
      '0x7f.1',
      '0177.0.0.1',
      '017700000001',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::1]',
      '[fe80::1]',
    ]
    for (const host of [...decimal, ...others]) {
      expect(await failureOf(() => send(get(`http://${host}:${port}/`), 'public')), host).to.include(
        'the operator does not allow it',
      )
    }
    expect(asked).to.equal(0)
  })

  it('goes to the addresses that were checked, those that are not allowed left out', async () => {
    expect(await allowedAddresses('localhost', options('127.0.0.0/8'))).to.deep.equal([
      { address: '127.0.0.1', family: 4 },
    ])
    expect(await failureOf(() => allowedAddresses('localhost', options('127.0.0.0/8,::1', 'localhost')))).to.include(
      'must not connect to localhost (',
    )
    const url = await serve((_, response) => response.end('here'))
    const { text } = await send(get(url.replace('127.0.0.1', 'localhost')), '127.0.0.1')
    expect(text).to.equal('here')
  })

  it('follows a redirect only to whom the operator allows, and takes no secret along', async () => {
    const other = await serve(({ headers }, response) => response.end(`${headers.authorization} ${headers.accept}`))
    const hidden = await serve((_, response) => response.end('hidden'), '127.0.0.2')
    const url = await serve(({ url: path = '' }, response) => {
      const to: Record<string, string> = {
        '/other': other,
        '/hidden': hidden,
        '/circle': '/circle',
        '/file': 'file:///',
      }
      response.writeHead(302, { location: to[path] ?? '/' }).end()
    })
    expect((await send(get(`${url}/other`))).text).to.equal('undefined text/plain')
    expect(await failureOf(() => send(get(`${url}/hidden`)))).to.include('must not connect to 127.0.0.2')
    expect(await failureOf(() => send(get(`${url}/circle`)))).to.include('redirected more than 5 times')
    expect((await send(get(`${url}/file`))).status).to.equal(302)
    expect((await send(get(`${url}/other`, { method: 'POST' }))).status).to.equal(302)
  })

  it('uses no connection that was made under rules that hold no more', async () => {
    const url = await serve((_, response) => response.end('here'))
    let allowed = '127.0.0.1'
    const changing = new Outbound({ get: option => options(allowed).get(option) })
    const once = () => changing.send(get(url), { signal: new AbortController().signal })
    expect((await once()).text).to.equal('here')
    allowed = 'public'
    expect(await failureOf(once)).to.include('the operator does not allow it')
  })

  it('goes through no proxy of the environment', async () => {
    const url = await serve((_, response) => response.end('here'))
    const names = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY']
    const before = names.map(name => process.env[name])
    try {
      for (const name of names) process.env[name] = 'http://127.0.0.1:1'
      expect((await send(get(url))).text).to.equal('here')
    } finally {
      for (const [at, name] of names.entries()) {
        if (before[at] === undefined) delete process.env[name]
        else process.env[name] = before[at]
      }
    }
  })

  it('takes no more of an answer than the operator gives', async () => {
    const url = await serve((_, response) => {
      for (let count = 0; count < 100; count++) response.write('x'.repeat(100))
      response.end()
    })
    expect(await failureOf(() => send(get(`${url}/a?token=b`)))).to.equal(
      `GET ${url}: the answer has more than 1024 bytes ([outbound] max_response_bytes).`,
    )
  })

  it('that nobody answers in time may be sent again; one that is given up is not', async () => {
    const url = await serve(() => undefined)
    const late = await send(get(url), '127.0.0.1', 0.05).catch(error => error)
    expect(late).to.be.instanceOf(Unreached)
    expect(late.message).to.include('no answer within 0.05 s')
    // It begins to answer, and never comes to an end.
    const dripping = await serve((_, response) => {
      response.write('x')
      const drip = setInterval(() => response.write('x'), 10)
      response.on('close', () => clearInterval(drip))
    })
    const begun = await send(get(dripping), '127.0.0.1', 0.2).catch(error => error)
    expect(begun.message).to.include('no answer within 0.2 s')
    const given = await send(get(url), '127.0.0.1', 5, AbortSignal.abort('timeout')).catch(error => error)
    expect(given).not.to.be.instanceOf(Unreached)
    for (const nobody of ['http://127.0.0.1:1/', 'http://nobody.invalid/']) {
      expect(await send(get(nobody)).catch(error => error), nobody).to.be.instanceOf(Unreached)
    }
  })
})
