import { Api, type Body, Daemon, type Stack, until } from '@hearth/conformance'
import { expect } from 'chai'
import pg from 'pg'
import { keptRows } from './kept.js'

/** What nobody is to find: the way that it goes is in it. */
const marker = (way: string): string => `marker-of-${way}-7f3a`
const value = (given: unknown, more: object = {}) => ({
  type: 'OS::Heat::Value',
  properties: { value: given },
  ...more,
})
const hot = (parts: object) => ({ heat_template_version: '2018-08-31', ...parts })
const get = (parameter: string) => ({ get_param: parameter })
const read = (resource: string, attribute: string) => ({ get_attr: [resource, attribute] })

const silent = JSON.stringify(hot({ resources: { random: { type: 'OS::Heat::RandomString' } } }))
const inner = (hidden: boolean, more: object = {}) =>
  JSON.stringify(
    hot({
      parameters: { given: { type: 'string', hidden, ...more } },
      resources: { v: value(get('given')) },
      outputs: { told: { value: read('v', 'value') } },
    }),
  )
const files = {
  'silent.yaml': silent,
  'open.yaml': inner(false),
  'closed.yaml': inner(true),
  'default.yaml': inner(true, { default: marker('default-in-a-file') }),
  'text.yaml': inner(true, { default: marker('default-in-a-text') }),
}

const declared = { type: 'string', hidden: true }
const template = (changed: string) =>
  hot({
    parameters: {
      hidden: declared,
      fallback: { ...declared, default: marker('default') },
      encrypted: { type: 'string' },
      plain: { type: 'string', default: 'everybody may see this' },
    },
    resources: {
      parameter: value({ list_join: ['-', [get('hidden'), changed]] }, { metadata: { m: get('hidden') } }),
      reader: value(read('parameter', 'value')),
      of_fallback: value({ a: [get('fallback')] }),
      of_encrypted: value(get('encrypted')),
      if_it_is: value({ if: [{ equals: [get('plain'), changed] }, get('hidden'), get('encrypted')] }),
      random: { type: 'OS::Heat::RandomString' },
      of_random: value(read('random', 'value')),
      of_reference: value({ get_resource: 'random' }),
      of_plain: value(get('plain'), { metadata: { said: 'openly' } }),
      none: { type: 'OS::Heat::None', properties: { anything: get('hidden') } },
      open: { type: 'open.yaml', properties: { given: get('hidden') } },
      closed: { type: 'closed.yaml', properties: { given: get('hidden') } },
      by_default: { type: 'default.yaml' },
      of_open: value(read('open', 'told')),
      of_closed: value(read('closed', 'told')),
      silent: { type: 'silent.yaml' },
      of_silent: value(read('silent', 'resource.random.value')),
      of_inside: value(read('closed', 'resource.v.value')),
      group: {
        type: 'OS::Heat::ResourceGroup',
        properties: { count: 2, resource_def: value(get('hidden')) },
      },
      scaled: {
        type: 'OS::Heat::AutoScalingGroup',
        properties: { min_size: 1, max_size: 2, resource: value(get('hidden')) },
      },
      of_group: value({ get_attr: ['group', 'value'] }),
      stack: {
        type: 'OS::Heat::Stack',
        properties: { template: files['open.yaml'], parameters: { given: get('hidden') } },
      },
      by_text: { type: 'OS::Heat::Stack', properties: { template: { get_file: 'text.yaml' } } },
      config: {
        type: 'OS::Heat::SoftwareConfig',
        properties: { config: get('hidden'), inputs: [{ name: 'pass', default: get('fallback') }] },
      },
      server: { type: 'OS::Heat::DeployedServer' },
      deployment: {
        type: 'OS::Heat::SoftwareDeployment',
        properties: {
          config: { get_resource: 'config' },
          server: { get_resource: 'server' },
          input_values: { word: get('hidden') },
        },
      },
      handle: { type: 'OS::Heat::WaitConditionHandle' },
      curl: value(read('handle', 'curl_cli')),
      wait: { type: 'OS::Heat::WaitCondition', properties: { handle: { get_resource: 'handle' }, timeout: 60 } },
      of_wait: value(read('wait', 'data')),
    },
    outputs: {
      random: { value: read('random', 'value') },
      silent: { value: read('of_silent', 'value') },
      word: { value: read('parameter', 'value') },
      group: { value: read('group', 'value') },
    },
  })
const environment = {
  parameters: { encrypted: marker('encrypted-param-names') },
  encrypted_param_names: ['encrypted'],
  event_sinks: [{ type: 'webhook', url: 'http://127.0.0.1:9/', secret: marker('sink') }],
}
const parameters = { hidden: marker('parameter') }

/** The stack inside a resource, as its link tells it. */
async function inside(stack: Stack, name: string): Promise<Stack> {
  const { links } = (await stack.resources())[name]
  const [called = '', id = ''] = links
    .find(({ rel }: Body) => rel === 'nested')
    .href.split('/')
    .slice(-2)
  return stack.api.stack(called, id)
}

for (const engine of ['legacy', 'convergence']) {
  describe(`what is secret, on ${engine}`, () => {
    let daemon: Daemon
    let database: pg.Client
    before(async () => {
      const options = { debug: 'true', enable_stack_abandon: 'true', enable_stack_adopt: 'true' }
      const named = Object.entries(options).map(([name, given]) => [`DEFAULT:${name}`, given])
      daemon = await Daemon.start({ engine, options: Object.fromEntries(named) })
      database = new pg.Client({ connectionString: daemon.shared()['database:connection'] })
      await database.connect()
    })
    after(async () => {
      await database.end()
      await daemon.remove()
    })

    /** Rows and lines of the log that hold something that they must not. */
    async function leaks(secrets: readonly string[]): Promise<string[]> {
      const holds = (text: string): boolean => secrets.some(secret => text.includes(secret))
      return [...(await keptRows(database)), ...daemon.log.split('\n')].filter(holds).map(text => text.slice(0, 300))
    }
    const markers = ['marker-of-']

    const signal = async (stack: Stack, signalled: string, body: object): Promise<void> => {
      const { status } = await stack.api.send('POST', `${stack.path}/resources/${signalled}/signal`, body)
      expect(status).to.equal(200)
    }
    /** Says as its server that the deployment is done, and sends what the condition waits for. */
    async function satisfy(stack: Stack): Promise<void> {
      const api = stack.api
      const server = (await stack.resourceReaches('server', 'CREATE_COMPLETE')).physical_resource_id
      const inputs = await until('the config of the deployment', 10_000, async () => {
        const { metadata } = (await api.get(`/software_deployments/metadata/${server}`)).body
        const found = metadata[0]?.inputs.map(({ name, value: given }: Body) => [name, given])
        const known: Body = Object.fromEntries(found ?? [])
        return known.deploy_action === 'CREATE' ? known : undefined
      })
      expect(inputs).to.include({ word: marker('parameter'), pass: marker('default') })
      expect(await leaks(markers)).to.deep.equal([])
      await new Api('').send('POST', inputs.deploy_signal_id, {
        deploy_stdout: marker('stdout'),
        deploy_status_code: 0,
      })
      await stack.resourceReaches('handle', 'CREATE_COMPLETE')
      await signal(stack, 'handle', { id: 'a', data: marker('signal'), status: 'SUCCESS' })
    }

    it('is nowhere in clear: not in the database, not in the log, at no moment', async function () {
      this.timeout(60_000)
      const api = daemon.api()
      const given = { files, environment, parameters }
      const made = await api.send('POST', '/software_configs', { config: marker('api'), inputs: [] })
      expect((await api.get(`/software_configs/${made.body.software_config.id}`)).body.software_config.config).to.equal(
        marker('api'),
      )
      const stack = await api.create('secrets', template('one'), given)
      await satisfy(stack)
      await stack.reaches('CREATE_COMPLETE')
      const outputs = await stack.outputs()
      const { random, silent: unheard } = outputs
      const drawn = [random, unheard]
      for (const one of drawn) expect(one).to.have.length(32)
      expect(outputs).to.deep.equal({
        random,
        silent: unheard,
        word: `${marker('parameter')}-one`,
        group: [marker('parameter'), marker('parameter')],
      })
      expect(await leaks([...markers, ...drawn])).to.deep.equal([])

      const shown = (await api.get(`${stack.path}/environment`)).body
      expect(shown.parameters).to.deep.equal({ encrypted: '******', hidden: '******' })
      expect((await stack.show()).parameters).to.include({ encrypted: '******', hidden: '******', fallback: '******' })
      expect((await api.get(`${stack.path}/template`)).body).to.deep.equal(template('one'))
      expect((await api.get(`${stack.path}/files`)).body).to.deep.equal(files)
      expect((await api.get(`${stack.path}/resources/parameter/metadata`)).body.metadata).to.deep.equal({
        m: marker('parameter'),
      })

      const shownOf = (body: Body): unknown => body.stack?.parameters ?? body
      for (const around of ['open', 'group', 'scaled', 'stack']) {
        const within = await inside(stack, around)
        for (const view of ['', '/environment', '/template']) {
          const text = JSON.stringify(shownOf((await api.get(`${within.path}${view}`)).body))
          expect(text, `${around}${view}`).not.to.contain('marker-of-parameter')
        }
      }
      expect((await (await inside(stack, 'open')).show()).parameters).to.include({ given: '******' })
      expect((await api.get(`${(await inside(stack, 'open')).path}/template`)).body).to.deep.equal(
        JSON.parse(files['open.yaml']),
      )

      await api.send('POST', `${stack.path}/snapshots`, { name: 'kept' })
      await stack.reaches('SNAPSHOT_COMPLETE')
      await api.send('PATCH', stack.path, { template: template('two'), existing: true })
      await stack.reaches('UPDATE_COMPLETE')
      expect(await leaks([...markers, ...drawn])).to.deep.equal([])
      expect((await stack.outputs()).word).to.equal(`${marker('parameter')}-two`)

      // What nobody called secret is not made harder to read.
      const rows = (await keptRows(database)).filter(
        row => row.startsWith('resource: ') && row.includes('everybody may see this'),
      )
      expect(rows).to.have.length(1)
      expect(rows[0]).to.include('openly')

      const exported = (await api.get(`${stack.path}/export`)).body
      expect(exported.environment.parameters.hidden).to.equal(marker('parameter'))
      const adopted = await api.send('POST', '/stacks', {
        stack_name: 'adopted',
        template: exported.template,
        files,
        adopt_stack_data: JSON.stringify(exported),
      })
      expect(adopted.status).to.equal(201)
      const second = api.stack('adopted', adopted.body.stack.id)
      await second.settled()
      expect(await leaks([...markers, ...drawn])).to.deep.equal([])
      for (const one of [second, stack]) {
        await one.delete()
        await one.reaches('DELETE_COMPLETE')
      }
      expect(await leaks([...markers, ...drawn])).to.deep.equal([])
    })

    it('is masked in events, and nothing else is', async () => {
      const api = daemon.api()
      const stack = await api.create(
        'events',
        hot({
          parameters: { hidden: declared },
          resources: {
            a: value(get('hidden')),
            b: value(read('a', 'value')),
            c: value('open'),
            d: { type: 'closed.yaml', properties: { given: get('hidden') } },
            e: {
              type: 'OS::Heat::Stack',
              properties: { template: inner(true, { default: marker('default-inline') }) },
            },
            f: {
              type: 'OS::Heat::ResourceGroup',
              properties: {
                count: 1,
                resource_def: { type: 'OS::Heat::Stack', properties: { template: { get_file: 'text.yaml' } } },
              },
            },
          },
        }),
        { parameters, files },
      )
      await stack.reaches('CREATE_COMPLETE')
      const shown = async (name: string): Promise<Body> => {
        const { events } = (await api.get(`${stack.path}/resources/${name}/events?sort_dir=asc`)).body
        return (await api.get(`${stack.path}/resources/${name}/events/${events[0].id}`)).body.event.resource_properties
      }
      expect(await shown('a')).to.deep.equal({ value: '******', type: null })
      expect(await shown('b')).to.deep.equal({ value: '******', type: null })
      expect(await shown('c')).to.deep.equal({ value: 'open', type: null })
      expect(await shown('d')).to.deep.equal({ given: '******' })
      expect((await shown('e')).template).to.equal('******')
      expect((await shown('f')).resource_def).to.equal('******')
      expect(await leaks(markers)).to.deep.equal([])
      await stack.delete()
      await stack.reaches('DELETE_COMPLETE')
    })
  })
}
