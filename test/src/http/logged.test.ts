import { templates, until } from '@hearth/conformance'
import { expect } from 'chai'
import { ofTheApi } from './ground.js'

const { template } = templates
/** What only whoever sends it may know. */
const secret = 'hush-7f3a'

ofTheApi('the log of what is refused', ({ api, daemon }) => {
  /** Sends it, expects that nothing is done. @returns its line in the log, once that is there. */
  async function undone(method: string, path: string, body?: unknown): Promise<string> {
    const { status, headers } = await api().send(method, path, body)
    expect(status, `${method} ${path}`).to.be.within(300, 499)
    const id = headers.get('x-openstack-request-id') ?? ''
    const line = await until(`the line of ${method} ${path}`, 30_000, async () =>
      daemon()
        .log.split('\n')
        .find(one => one.includes(id) && one.endsWith('}')),
    )
    const { msg } = JSON.parse(line) as { msg: string }
    expect(msg).to.match(new RegExp(`^${method} /v1/\\S* ${status}${status < 400 ? '$' : ': .'}`))
    return msg
  }

  it('tells no signature: whoever reads it cannot send signals', async () => {
    const handle = { type: 'OS::Heat::WaitConditionHandle' }
    const stack = await api().create('signed', template({ handle }, { url: { get_attr: ['handle', 'endpoint'] } }))
    await stack.reaches('CREATE_COMPLETE')
    const { url } = await stack.outputs()
    const [, path, signature] = /\/v1\/demo(\/.*\/([^/]+))$/.exec(url as string) ?? ['', '', '']
    const arn = `/stacks/arn:openstack:heat::demo:${path.slice(1)}`
    const lines = [
      await undone('DELETE', path),
      await undone('POST', path, '{"status": '),
      await undone('POST', `${path}/more`),
      await undone('POST', path.replace('/signal/', '/%73ignal/'), '{'),
      await undone('POST', arn),
      await undone('POST', encodeURIComponent(arn.slice(1)).replace('%2F', '/').replace(/^/, '/')),
      await undone('POST', path.replace('/signal/', '/signal%2F')),
      await undone('PUT', path.slice(0, -1)),
    ]
    for (const line of lines) expect(line).not.to.include(signature.slice(0, -1))
    expect(daemon().log).not.to.include(signature.slice(0, -1))
  })

  it('tells nothing of bodies that cannot be read, nor values of hidden parameters', async () => {
    const hidden = (type: string, more: object = {}) => ({
      stack_name: 'hidden',
      template: { ...template({}), parameters: { p: { type, hidden: true, ...more } } },
      parameters: { p: type === 'json' ? `{"a": "${secret}` : secret },
    })
    const texts = [`{"password": "${secret}`, `{"password": ${secret}}`, secret, `{"password": "${secret}"} more`]
    for (const text of texts) await undone('POST', '/stacks', text)
    for (const more of [{ constraints: [{ length: { max: 3 } }] }, { constraints: [{ allowed_values: ['a'] }] }])
      await undone('POST', '/stacks', hidden('string', more))
    for (const type of ['number', 'json', 'boolean']) await undone('POST', '/stacks', hidden(type))
    expect(daemon().log).not.to.include(secret)
  })
})
