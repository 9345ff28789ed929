import { type Api, Daemon, templates } from '@hearth/conformance'
import { expect } from 'chai'

const { template, test, value } = templates

/** The API as Heat's clients know it; what engines do with it is the conformance kit's. */
describe('the HTTP API', () => {
  let daemon: Daemon
  let api: Api
  before(async () => {
    daemon = await Daemon.start({ engine: 'true' })
    api = daemon.api()
  })
  after(() => daemon?.remove())

  const refused = async (
    method: string,
    path: string,
    body: unknown,
    status: number,
    message: RegExp | string,
    type?: string,
  ) => {
    const answer = await api.send(method, path, body)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(status)
    expect(answer.body).to.include.keys('code', 'title', 'explanation', 'error')
    expect(answer.body.code).to.equal(status)
    expect(answer.body.error.message).to.match(message instanceof RegExp ? message : new RegExp(`^${escape(message)}$`))
    if (type !== undefined) expect(answer.body.error.type).to.equal(type)
  }
  const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const create = (body: object, status: number, message: RegExp | string, type?: string) =>
    refused('POST', '/stacks', { stack_name: 'bad', template: template({}), ...body }, status, message, type)

  describe('discovery and conventions', () => {
    it('answers 300 with the versions at / and at an unknown version', async () => {
      for (const path of ['/', '/versions', '/v2/demo/stacks']) {
        const response = await fetch(`${daemon.url}${path}`)
        expect(response.status).to.equal(300)
        const { versions } = (await response.json()) as { versions: unknown }
        expect(versions).to.deep.equal([
          { id: 'v1.0', status: 'CURRENT', links: [{ rel: 'self', href: `${daemon.url}/v1/` }] },
        ])
      }
    })

    it('sends a bare JSON content type and a request id', async () => {
      const { headers } = await api.get('/stacks')
      expect(headers.get('content-type')).to.equal('application/json')
      expect(headers.get('x-openstack-request-id')).to.match(/^req-[0-9a-f-]{36}$/)
    })

    it('takes v1.0 for v1, and echoes the prefix in links', async () => {
      const response = await fetch(`${daemon.url}/v1.0/demo/stacks`)
      expect(response.status).to.equal(200)
    })

    it('tells a wrong method from an unknown path', async () => {
      await refused('DELETE', '/stacks', undefined, 405, /allowed: GET, POST/, 'HTTPMethodNotAllowed')
      await refused('GET', '/nothing/here', undefined, 404, /nothing at/, 'HTTPNotFound')
      const head = await fetch(`${daemon.url}/v1/demo/stacks`, { method: 'HEAD' })
      expect(head.status).to.equal(405)
      const options = await fetch(`${daemon.url}/v1/demo/stacks`, { method: 'OPTIONS' })
      expect([options.status, options.headers.get('allow')]).to.deep.equal([204, 'GET,POST'])
    })

    it('is well', async () => {
      expect(await (await fetch(`${daemon.url}/healthcheck`)).text()).to.equal('OK')
    })
  })

  describe('bad bodies', () => {
    it('are refused with a reason, never with a 500', async () => {
      await refused('POST', '/stacks', '{"stack_name": ', 400, /JSON/i, 'HTTPBadRequest')
      await refused('POST', '/stacks', '[]', 400, 'No stack name specified')
      await refused('POST', '/stacks', undefined, 400, 'No stack name specified')
      await refused('POST', '/stacks', {}, 400, 'No stack name specified')
      await refused('POST', '/stacks', { stack_name: 'x' }, 400, 'No template specified')
      await create({ template: null }, 400, 'No template specified')
      await create({ template: 'just text' }, 400, /Template/)
      await create({ template: [] }, 400, /mapping/)
      await create({ template: {} }, 400, /version/)
      await create({ stack_name: 5 }, 400, 'Invalid stack name 5, must be a string', 'StackValidationFailed')
      await create({ stack_name: '1st' }, 400, /must contain only alphanumeric/, 'StackValidationFailed')
      await create({ parameters: 'p=1' }, 400, /parameters must be a map/)
      await create(
        { parameters: { no: 1 } },
        400,
        'The Parameter (no) was not defined in template.',
        'UnknownUserParameter',
      )
      await create({ timeout_mins: -1 }, 400, /timeout_mins: -1 is not allowed; expected whole minutes/)
      await create({ timeout_mins: 'soon' }, 400, /timeout_mins/)
      await create({ disable_rollback: 'maybe' }, 400, /acceptable values are: true, false/)
      await create({ tags: ['a'] }, 400, /tags must be text/)
      await create({ tags: 'x'.repeat(81) }, 400, /longer than 80/)
      await create({ files: 'f' }, 400, /files must be a map/)
      await create({ environment: { wrong: {} } }, 400, /wrong section/)
      await create({ environment: 'a: [' }, 400, /Environment not in valid format/)
      await create({ environment_files: ['missing.yaml'] }, 400, /missing\.yaml/)
      await create({ converge: true }, 400, /converge flag only supported/)
      await create({ adopt_stack_data: '{}' }, 400, /Invalid adopt data/)
    })

    it('keep their numbers, or are refused', async () => {
      await refused('POST', '/stacks', '{"stack_name": "x", "timeout_mins": 1e400}', 400, /1e400 is too large/)
      const id = '12345678901234567890'
      const body = `{"stack_name": "numbers", "template": {"heat_template_version": "2018-08-31", "outputs": {"id": {"value": ${id}}}}}`
      const answer = await api.send('POST', '/stacks', body)
      expect(answer.status).to.equal(201)
      const stack = api.stack('numbers', answer.body.stack.id)
      await stack.reaches('CREATE_COMPLETE')
      expect(await stack.outputs()).to.deep.equal({ id })
    })

    it('must be UTF-8', async () => {
      const response = await fetch(`${daemon.url}/v1/demo/stacks`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
      })
      const { error } = (await response.json()) as { error: { message: string } }
      expect([response.status, error.message]).to.deep.equal([400, 'The body is not valid UTF-8.'])
    })

    it('may not be too large or too deep', async () => {
      await create(
        { template: template({ a: value('x'.repeat(600_000)) }) },
        400,
        /Template size/,
        'RequestLimitExceeded',
      )
      await create({ files: { f: 'x'.repeat(1_100_000) } }, 400, /exceeds maximum allowed size/, 'RequestLimitExceeded')
      await create({ files: { f: 'x'.repeat(4_000_000) } }, 400, /too large/)
      const deep = `${'['.repeat(500)}${']'.repeat(500)}`
      await refused('POST', '/stacks', `{"stack_name":"x","template":${deep}}`, 400, /nested deeper than 100/)
      await create({ template: `heat_template_version: 2018-08-31\noutputs: {o: {value: ${deep}}}` }, 400, /deep|nest/i)
    })

    it('may not have text that no database stores', async () => {
      await create({ template: template({ a: value('\u0000') }) }, 400, /cannot be stored/)
      await create({ template: template({ a: value('\ud800') }) }, 400, /cannot be stored/)
      await refused('GET', '/stacks/%00', undefined, 404, /could not be found/)
      expect((await api.get('/stacks?name=%00')).status).to.be.oneOf([200, 400])
    })

    it('do not let YAML aliases explode', async () => {
      const lines = [
        'heat_template_version: 2018-08-31',
        'outputs:',
        '  o:',
        '    value:',
        '      a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
      ]
      for (let level = 1; level < 12; level++)
        lines.push(
          `      a${level}: &a${level} [${Array(10)
            .fill(`*a${level - 1}`)
            .join(', ')}]`,
        )
      await create({ template: lines.join('\n') }, 400, /written out it has more than/)
    })

    it('take prototype names for names', async () => {
      const text =
        '{"heat_template_version":"2018-08-31","parameters":{"constructor":{"type":"string","default":"c"}},"resources":{"__proto__":{"type":"OS::Heat::Value","properties":{"value":{"get_param":"constructor"}}}},"outputs":{"o":{"value":{"get_attr":["__proto__","value"]}}}}'
      const stack = await api.create('prototype', text)
      await stack.reaches('CREATE_COMPLETE')
      expect(await stack.outputs()).to.deep.equal({ o: 'c' })
    })

    it('ignore an engine: users never choose it', async () => {
      const stack = await api.create('no-choice', template({}), { engine: 'legacy', convergence: false } as object)
      expect(JSON.stringify(await stack.show())).not.to.match(/engine|legacy|convergence/)
    })
  })

  describe('wrong templates', () => {
    const wrong = (resources: object, message: RegExp | string, more: object = {}) =>
      create({ template: { heat_template_version: '2018-08-31', resources, ...more } }, 400, message)
    it('are refused with the path of what is wrong', async () => {
      await wrong({ a: { type: 'OS::Heat::Nothing' } }, /The Resource Type \(OS::Heat::Nothing\) could not be found\./)
      await wrong({ a: test({ vaule: 1 }) }, /Property error: : resources\.a\.properties: : Unknown Property vaule/)
      await wrong({ a: test({ wait_secs: 'long' }) }, /resources\.a\.properties\.wait_secs/)
      await wrong({ a: value({ get_attr: ['b', 'value'] }) }, /The specified reference "b" \(in a\.Properties\.value/)
      await wrong(
        { a: value({ get_attr: ['b', 'nothing'] }), b: value(1) },
        /The Referenced Attribute \(b nothing\) is incorrect/,
      )
      await wrong({ a: value({ get_param: 'p' }) }, /The Parameter \(p\) was not provided/)
      await wrong({ a: value({ get_resource: 'b' }), b: value({ get_resource: 'a' }) }, /Circular Dependency Found/)
      await wrong({ a: { type: 'OS::Heat::Value' } }, /Property value not assigned/)
      await wrong({ a: value({ str_replace: { template: 5, params: {} } }) }, /resources\.a\.properties\.value/)
      await wrong({}, /The template section is invalid: resuorces/, { resuorces: {} })
    })
  })

  describe('stacks', () => {
    it('are looked up by name and id with a redirect, which keeps method and query', async () => {
      const stack = await api.create('looked-up', template({ a: value(1) }))
      const canonical = `${api.base}${stack.path}`
      for (const what of ['looked-up', stack.id]) {
        const found = await api.get(`/stacks/${what}?resolve_outputs=False`)
        expect([found.status, found.headers.get('location')]).to.deep.equal([302, `${canonical}?resolve_outputs=False`])
      }
      const arn = encodeURIComponent(`arn:openstack:heat::demo:stacks/looked-up/${stack.id}`)
      expect((await api.get(`/stacks/${arn}`)).headers.get('location')).to.equal(canonical)
      expect((await api.get('/stacks/looked-up/template')).headers.get('location')).to.equal(`${canonical}/template`)
      expect((await api.send('DELETE', '/stacks/looked-up')).status).to.equal(302)
      await refused('GET', '/stacks/nobody', undefined, 404, 'The Stack (nobody) could not be found.', 'EntityNotFound')
      await refused(
        'GET',
        `/stacks/other-name/${stack.id}`,
        undefined,
        404,
        'The Stack (other-name) could not be found.',
      )
    })

    it('belong to one project', async () => {
      const stack = await api.create('mine', template({}))
      const other = daemon.api('other')
      expect((await other.get(stack.path)).status).to.equal(404)
      expect((await other.get(`/stacks/${stack.id}`)).status).to.equal(404)
      expect((await other.send('DELETE', stack.path)).status).to.equal(404)
      expect((await other.get('/stacks')).body.stacks).to.deep.equal([])
      await (await other.create('mine', template({}))).settled()
    })

    it('have a name once', async () => {
      await api.create('taken', template({}))
      await create({ stack_name: 'taken' }, 409, 'The Stack (taken) already exists.', 'StackExists')
    })

    it('show everything that Heat shows', async () => {
      const stack = await api.create(
        'shown',
        {
          heat_template_version: '2018-08-31',
          description: 'What it is for',
          parameters: {
            text: { type: 'string' },
            secret: { type: 'string', hidden: true, default: 'hush' },
            list: { type: 'comma_delimited_list', default: 'a,b' },
            flag: { type: 'boolean', default: true },
          },
          outputs: { o: { value: { get_param: 'text' }, description: 'The text' } },
        },
        { parameters: { text: 'hello' }, tags: 'one,two', timeout_mins: 7 },
      )
      const shown = await stack.reaches('CREATE_COMPLETE')
      expect(shown).to.deep.include({
        id: stack.id,
        stack_name: 'shown',
        description: 'What it is for',
        template_description: 'What it is for',
        parameters: {
          'OS::stack_id': stack.id,
          'OS::stack_name': 'shown',
          'OS::project_id': 'demo',
          text: 'hello',
          secret: '******',
          list: 'a,b',
          flag: 'True',
        },
        outputs: [{ output_key: 'o', description: 'The text', output_value: 'hello' }],
        capabilities: [],
        notification_topics: [],
        disable_rollback: true,
        timeout_mins: 7,
        stack_owner: 'admin',
        parent: null,
        tags: ['one', 'two'],
        updated_time: null,
        deletion_time: null,
      })
      expect(shown.creation_time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      expect((await api.get(`${stack.path}?resolve_outputs=false`)).body.stack).not.to.have.property('outputs')
      await refused('GET', `${stack.path}?resolve_outputs=maybe`, undefined, 400, /acceptable values are: true, false/)
      expect((await api.get(`${stack.path}/environment`)).body.parameters).to.deep.equal({ text: 'hello' })
      expect((await api.get(`${stack.path}/outputs`)).body).to.deep.equal({
        outputs: [{ output_key: 'o', description: 'The text' }],
      })
      expect((await api.get(`${stack.path}/outputs/o`)).body.output.output_value).to.equal('hello')
      await refused('GET', `${stack.path}/outputs/no`, undefined, 404, 'Specified output key no not found.', 'NotFound')
    })

    it('are previewed without being stored', async () => {
      const answer = await api.send('POST', '/stacks/preview', {
        stack_name: 'previewed',
        template: template({ a: value(1) }),
      })
      expect(answer.status).to.equal(200)
      expect(answer.body.stack).to.include({ id: 'None', stack_name: 'previewed' })
      expect(answer.body.stack.resources[0]).to.include({
        resource_name: 'a',
        resource_status: 'COMPLETE',
        resource_action: 'INIT',
      })
      await refused('GET', '/stacks/previewed', undefined, 404, /could not be found/)
    })

    it('take environment files, merged in order', async () => {
      const stack = await api.create(
        'merged',
        { ...template({}, { o: { get_param: 'p' } }), parameters: { p: { type: 'string', default: 'd' } } },
        {
          environment_files: ['one.yaml', 'two.yaml'],
          files: { 'one.yaml': 'parameters: {p: one}', 'two.yaml': 'parameters: {p: two}' },
        } as object,
      )
      expect(await stack.outputs()).to.deep.equal({ o: 'two' })
    })
  })

  describe('the list of stacks', () => {
    let list: Api
    before(async () => {
      list = daemon.api('listed')
      for (const [name, tags] of [
        ['c', 'x'],
        ['a', 'x,y'],
        ['b', ''],
      ] as const) {
        await (await list.create(name, template({ v: value(name) }), tags === '' ? {} : { tags })).settled()
      }
    })
    const names = async (query: string): Promise<string[]> => {
      const { status, body } = await list.get(`/stacks?${query}`)
      expect(status, JSON.stringify(body)).to.equal(200)
      return body.stacks.map((stack: { stack_name: string }) => stack.stack_name)
    }

    it('is newest first, and sorts by what is asked', async () => {
      expect(await names('')).to.deep.equal(['b', 'a', 'c'])
      expect(await names('sort_keys=stack_name')).to.deep.equal(['a', 'b', 'c'])
      expect(await names('sort_keys=stack_name&sort_dir=desc')).to.deep.equal(['c', 'b', 'a'])
      expect(await names('sort_keys=nonsense')).to.deep.equal(['b', 'a', 'c'])
      expect((await list.get('/stacks?sort_dir=sideways')).status).to.equal(400)
    })

    it('pages by limit and marker without losing or repeating one', async () => {
      for (const sort of [
        '',
        'sort_keys=stack_name&',
        'sort_keys=updated_time&',
        'sort_keys=stack_status&sort_dir=desc&',
      ]) {
        const seen: string[] = []
        let marker = ''
        for (;;) {
          const { body } = await list.get(`/stacks?${sort}limit=2${marker}`)
          seen.push(...body.stacks.map((stack: { stack_name: string }) => stack.stack_name))
          if (body.links === undefined) break
          expect(body.links[0].rel).to.equal('next')
          marker = `&marker=${body.stacks.at(-1).id}`
        }
        expect(seen, sort).to.have.members(['a', 'b', 'c']).and.have.length(3)
      }
      expect(await names('limit=0')).to.deep.equal([])
    })

    it('filters by name, status, id and tags', async () => {
      expect(await names('name=a&name=b&sort_keys=stack_name')).to.deep.equal(['a', 'b'])
      expect(await names('status=COMPLETE&name=c')).to.deep.equal(['c'])
      expect(await names('status=CREATE_COMPLETE&name=c')).to.deep.equal(['c'])
      expect(await names('stack_status=CREATE_FAILED')).to.deep.equal([])
      expect(await names('id=nonsense')).to.deep.equal([])
      expect(await names('tags=x,y')).to.deep.equal(['a'])
      expect(await names('tags_any=x,y&sort_keys=stack_name')).to.deep.equal(['a', 'c'])
      expect(await names('not_tags=x,y&sort_keys=stack_name')).to.deep.equal(['b', 'c'])
      expect(await names('not_tags_any=x,y')).to.deep.equal(['b'])
    })

    it('counts, and shows null where there are no tags', async () => {
      const { body } = await list.get('/stacks?with_count=True&limit=1')
      expect(body.count).to.equal(3)
      expect(body.stacks[0].tags).to.equal(null)
      expect(body.stacks[0]).not.to.have.property('project')
      await (async () => expect((await list.get('/stacks?global_tenant=True')).status).to.equal(403))()
      expect((await list.get('/stacks?limit=x')).body.error.message).to.equal("Only integer is acceptable by 'limit'.")
    })
  })

  describe('resources and events', () => {
    let path: string
    before(async () => {
      const stack = await api.create(
        'detailed',
        template({ a: test({ value: 'x' }, { metadata: { k: 'v' } }), b: value({ get_resource: 'a' }) }),
      )
      await stack.reaches('CREATE_COMPLETE')
      path = stack.path
    })

    it('list and show resources', async () => {
      const { body } = await api.get(`${path}/resources?name=a`)
      expect(body.resources).to.have.length(1)
      const [listed] = body.resources
      expect(listed).to.include({
        resource_name: 'a',
        logical_resource_id: 'a',
        resource_type: 'OS::Heat::TestResource',
        resource_status: 'CREATE_COMPLETE',
        resource_status_reason: 'state changed',
      })
      expect(listed.required_by).to.deep.equal(['b'])
      expect(listed.links.map((link: { rel: string }) => link.rel)).to.deep.equal(['self', 'stack'])
      expect(listed.physical_resource_id).to.match(/^detailed-a-[a-z2-7]{12}$/)
      const shown = (await api.get(`${path}/resources/a`)).body.resource
      expect(shown.attributes).to.deep.equal({ output: 'x' })
      expect((await api.get(`${path}/resources/a/metadata`)).body).to.deep.equal({ metadata: { k: 'v' } })
      await refused(
        'GET',
        `${path}/resources/z`,
        undefined,
        404,
        'The Resource (z) could not be found in Stack detailed.',
        'ResourceNotFound',
      )
      await refused('GET', `${path}/resources?colour=red`, undefined, 400, /Invalid filter parameters/)
      const count = async (query: string): Promise<number> =>
        (await api.get(`${path}/resources?${query}`)).body.resources.length
      expect(await count('type=Test&status=CREATE_COMPLETE')).to.equal(1)
      const physicalId = (await api.get(`${path}/resources/a`)).body.resource.physical_resource_id as string
      for (const [query, found] of Object.entries({
        'id=1': 0,
        'name=a': 1,
        'name=a&name=none': 1,
        'name=none': 0,
        'action=CREATE': 2,
        'action=DELETE': 0,
        'status=COMPLETE': 2,
        'status=FAILED': 0,
        'type=OS::Heat::Value': 1,
        [`physical_resource_id=${physicalId}`]: 1,
        'physical_resource_id=none': 0,
      }))
        expect(await count(query), query).to.equal(found)
      expect((await api.get(`${path}/resources?with_detail=True`)).body.resources[0]).to.have.property('attributes')
    })

    it('list, page and show events', async () => {
      const all = (await api.get(`${path}/events?sort_dir=asc`)).body.events
      expect(all[0]).to.include({
        resource_name: 'detailed',
        resource_status: 'CREATE_IN_PROGRESS',
        resource_status_reason: 'Stack CREATE started',
      })
      expect(all[0]).not.to.have.property('resource_type')
      expect((await api.get(`${path}/events`)).body.events.map((event: { id: string }) => event.id)).to.deep.equal(
        all.map((event: { id: string }) => event.id).reverse(),
      )
      const rest = (await api.get(`${path}/events?sort_dir=asc&marker=${all[1].id}`)).body.events
      expect(rest[0].id).to.equal(all[2].id)
      expect((await api.get(`${path}/events?limit=2`)).body.events).to.have.length(2)
      expect((await api.get(`${path}/events?resource_name=a&resource_status=COMPLETE`)).body.events).to.have.length(1)
      expect(
        (await api.get(`${path}/events?resource_type=OS::Heat::Stack&resource_action=CREATE`)).body.events,
      ).to.have.length(2)
      const ofA = (await api.get(`${path}/resources/a/events`)).body.events
      expect(ofA).to.have.length(2)
      const shown = (await api.get(`${path}/resources/a/events/${ofA[0].id}`)).body.event
      expect(shown).to.include({ id: ofA[0].id, resource_type: 'OS::Heat::TestResource' })
      await refused(
        'GET',
        `${path}/resources/z/events`,
        undefined,
        404,
        'No events found for resource z',
        'HTTPNotFound',
      )
      await refused('GET', `${path}/resources/a/events/nonsense`, undefined, 404, 'No event nonsense found')
    })

    it('show in an event the properties that the resource had then', async () => {
      const stack = await api.create('properties', template({ a: test({ value: 'one' }) }))
      await stack.reaches('CREATE_COMPLETE')
      await stack.update(template({ a: test({ value: 'two' }) }))
      await stack.reaches('UPDATE_COMPLETE')
      await stack.update(template({}))
      await stack.reaches('UPDATE_COMPLETE')
      const seen: unknown[] = []
      for (const { id, resource_status } of (await api.get(`${stack.path}/resources/a/events?sort_dir=asc`)).body
        .events) {
        const { event } = (await api.get(`${stack.path}/resources/a/events/${id}`)).body
        seen.push([resource_status, event.resource_properties.value])
      }
      expect(seen).to.deep.equal([
        ['CREATE_IN_PROGRESS', 'one'],
        ['CREATE_COMPLETE', 'one'],
        ['UPDATE_IN_PROGRESS', 'one'],
        ['UPDATE_COMPLETE', 'two'],
        ['DELETE_IN_PROGRESS', 'two'],
        ['DELETE_COMPLETE', 'two'],
      ])
      const [own] = (await api.get(`${stack.path}/resources/properties/events`)).body.events
      const { event } = (await api.get(`${stack.path}/resources/properties/events/${own.id}`)).body
      expect(event.resource_properties).to.deep.equal({})
    })

    it('refuse signals to types that take none', async () => {
      await refused(
        'POST',
        `${path}/resources/a/signal`,
        {},
        400,
        'signal is not supported for resource.',
        'ResourceActionNotSupported',
      )
    })

    it('say what this version does not carry out', async () => {
      await refused('DELETE', `${path}/abandon`, undefined, 400, 'Stack Abandon is not supported.', 'NotSupported')
    })

    it('refuse actions that do not exist', async () => {
      await refused('POST', `${path}/actions`, {}, 400, 'No action specified')
      await refused('POST', `${path}/actions`, { a: null, b: null }, 400, 'Multiple actions specified')
      await refused('POST', `${path}/actions`, { dance: null }, 400, 'Invalid action dance specified')
    })
  })

  describe('software configs and deployments', () => {
    const make = async (path: string, body: object) => {
      const answer = await api.send('POST', path, body)
      expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
      return Object.values(answer.body as Record<string, { id: string }>)[0] as { id: string } & Record<string, unknown>
    }

    it('are made, shown, listed, changed and deleted', async () => {
      const inputs = [
        { name: 'size', default: 3 },
        { name: 'kind', type: 'Json', replace_on_change: true },
      ]
      const config = await make('/software_configs', {
        name: 'one',
        group: 'script',
        config: '#!/bin/sh',
        inputs,
        outputs: [{ name: 'result' }],
      })
      expect(config).to.deep.include({
        options: {},
        inputs: [
          { name: 'size', type: 'String', default: 3 },
          { name: 'kind', type: 'Json', replace_on_change: true },
        ],
        outputs: [{ name: 'result', type: 'String', error_output: false }],
      })
      const empty = await make('/software_configs', {})
      expect(empty).to.deep.include({ name: null, group: null, config: null, inputs: [], outputs: [], options: {} })
      const { software_configs: listed } = (await api.get('/software_configs')).body
      expect(listed.map(({ id }: { id: string }) => id)).to.deep.equal([empty.id, config.id])
      expect(listed[0]).to.have.all.keys('id', 'name', 'group', 'creation_time')
      const next = (await api.get(`/software_configs?limit=5&marker=${empty.id}`)).body.software_configs
      expect(next.map(({ id }: { id: string }) => id)).to.deep.equal([config.id])
      expect((await api.get(`/software_configs/${config.id}`)).body.software_config).to.deep.equal(config)

      const made = { config_id: config.id, server_id: 'srv-1', action: 'CREATE', status: 'IN_PROGRESS' }
      const deployment = await make('/software_deployments', { ...made, input_values: { size: 5 } })
      expect(deployment).to.deep.include({ ...made, input_values: { size: 5 }, output_values: null })
      expect(deployment).not.to.include.keys('updated_time')
      const path = `/software_deployments/${deployment.id}`
      const changes = { status: 'COMPLETE', output_values: { result: 'x' }, status_reason: null }
      const changed = (await api.send('PUT', path, changes)).body.software_deployment
      expect(changed).to.deep.include({ ...deployment, status: 'COMPLETE', output_values: { result: 'x' } })
      expect((await api.get(path)).body.software_deployment).to.deep.equal(changed)
      const of = async (server: string) => (await api.get(`/software_deployments?server_id=${server}`)).body
      expect(await of('srv-1')).to.deep.equal({ software_deployments: [changed] })
      expect(await of('srv-2')).to.deep.equal({ software_deployments: [] })
      const metadata = async (project: string) =>
        (await daemon.api(project).get('/software_deployments/metadata/srv-1')).body
      expect(await metadata('demo')).to.deep.equal({ metadata: [config] })
      expect(await metadata('other')).to.deep.equal({ metadata: [] })

      const inUse = `Software config with id ${config.id} can not be deleted as it is referenced.`
      await refused('DELETE', `/software_configs/${config.id}`, undefined, 500, inUse, 'InvalidRestrictedAction')
      expect((await api.send('DELETE', path)).status).to.equal(204)
      for (const { id } of [config, empty]) {
        expect((await api.send('DELETE', `/software_configs/${id}`)).status).to.equal(204)
      }
      await refused('GET', path, undefined, 404, `Deployment with id ${deployment.id} not found`, 'NotFound')
    })

    it('are refused when they cannot be, and are of their project', async () => {
      const missing = '00000000-0000-4000-8000-000000000000'
      const bad = (path: string, body: object, message: RegExp) => refused('POST', path, body, 400, message)
      await bad('/software_configs', { inputs: {} }, /inputs must be a list of maps/)
      await bad('/software_configs', { inputs: [{}] }, /inputs\[0\]/)
      await bad('/software_configs', { inputs: [{ name: 'a', type: 'Text' }] }, /inputs\[0\].type/)
      await bad('/software_configs', { name: 5 }, /name must be text/)
      await bad('/software_deployments', { server_id: 's' }, /config_id is required/)
      await bad('/software_deployments', { config_id: missing, stack_user_project_id: 'p'.repeat(65) }, /64 characters/)
      const gone = `Software config with id ${missing} not found`
      await refused('POST', '/software_deployments', { config_id: missing }, 404, gone, 'NotFound')
      await refused('GET', '/software_configs?global_tenant=true', undefined, 403, /software_configs:global_index/)
      const { id } = await make('/software_configs', { name: 'mine' })
      expect((await daemon.api('other').get(`/software_configs/${id}`)).status).to.equal(404)
      expect((await daemon.api('other').send('DELETE', `/software_configs/${id}`)).status).to.equal(404)
      expect((await api.send('DELETE', `/software_configs/${id}`)).status).to.equal(204)
    })
  })

  describe('what the daemon knows', () => {
    it('lists, describes and writes templates of resource types', async () => {
      const { resource_types: types } = (await api.get('/resource_types')).body
      expect(types).to.include.members([
        'OS::Heat::Delay',
        'OS::Heat::None',
        'OS::Heat::RandomString',
        'OS::Heat::TestResource',
        'OS::Heat::Value',
      ])
      expect((await api.get('/resource_types?name=.*Random')).body.resource_types).to.deep.equal([
        'OS::Heat::RandomString',
      ])
      expect((await api.get('/resource_types?name=(')).body.resource_types).to.deep.equal([])
      const shown = (await api.get('/resource_types/OS::Heat::TestResource')).body
      expect(shown.properties.wait_secs.default).to.equal(0)
      expect(shown.support_status.status).to.equal('SUPPORTED')
      expect(shown.attributes).to.include.keys('output', 'show')
      await refused(
        'GET',
        '/resource_types/No::Such',
        undefined,
        404,
        'The Resource Type (No::Such) could not be found.',
      )
      for (const form of ['hot', 'cfn']) {
        const made = (await api.get(`/resource_types/OS::Heat::RandomString/template?template_type=${form}`)).body
        expect(JSON.stringify(made)).to.contain('Initial template of RandomString')
        const checked = await api.send('POST', '/validate', { template: made })
        expect(checked.status, JSON.stringify(checked.body)).to.equal(200)
      }
    })

    it('knows types whose service is not there: it lists them for who asks, and says why where they are used', async () => {
      const list = async (query: string) => (await api.get(`/resource_types?name=OS::Nova::Server$${query}`)).body
      expect(await list('')).to.deep.equal({ resource_types: [] })
      expect(await list('&support_status=unsupported')).to.deep.equal({ resource_types: ['OS::Nova::Server'] })
      const [{ description }] = (await list('&support_status=UNSUPPORTED&with_description=true')).resource_types
      expect(description).to.match(/^Service nova is not available: /)

      const why =
        /^HEAT-E99001 Service nova is not available for resource type OS::Nova::Server, reason: Hearth works without/
      const using = template({ a: { type: 'OS::Nova::Server', properties: { flavor: 'f' } }, b: test() })
      await refused('GET', '/resource_types/OS::Nova::Server', undefined, 400, why, 'ResourceTypeUnavailable')
      await create({ template: using }, 400, why, 'ResourceTypeUnavailable')
      await refused('POST', '/validate', { template: using }, 400, why)
      const aliased = { resource_registry: { 'My::Server': 'OS::Nova::Server' } }
      await create({ template: template({ a: { type: 'My::Server' } }), environment: aliased }, 400, why)
      await create({ template: template({ a: { type: 'OS::Nova::Sever' } }) }, 400, /Did you mean OS::Nova::Server/)

      const ignoring = await api.send('POST', '/validate?ignore_errors=99001', { template: using })
      expect(ignoring.status, JSON.stringify(ignoring.body)).to.equal(200)
      await refused('POST', '/validate?ignore_errors=5', { template: using }, 400, /expected 99001/)
      const mapped = { template: using, environment: { resource_registry: { 'OS::Nova::*': 'OS::Heat::None' } } }
      expect((await api.send('POST', '/validate', mapped)).status).to.equal(200)
    })

    it('validates templates, without needing values', async () => {
      const answer = await api.send('POST', '/validate', {
        template: {
          heat_template_version: '2018-08-31',
          description: 'd',
          parameters: { p: { type: 'number', constraints: [{ range: { min: 1, max: 5 } }] } },
          resources: { a: value({ get_param: 'p' }) },
        },
      })
      expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
      expect(answer.body).to.deep.include({
        Description: 'd',
        Parameters: { p: { Type: 'Number', Description: '', NoEcho: 'false', Label: 'p', MinValue: 1, MaxValue: 5 } },
      })
      expect(answer.body.Environment).to.have.all.keys(
        'parameters',
        'parameter_defaults',
        'resource_registry',
        'event_sinks',
      )
      await refused(
        'POST',
        '/validate',
        { template: template({ a: test({ vaule: 1 }) }) },
        400,
        /Unknown Property vaule/,
      )
    })

    it('tells all that is wrong with a template, with line and column if it came as text', async () => {
      const text = [
        'heat_template_version: 2018-08-31',
        'resources:',
        '  a: { type: OS::Heat::Valu }',
        '  b:',
        '    type: OS::Heat::Value',
        '    properties:',
        '      vaule: 1',
      ].join('\n')
      const { status, body } = await api.send('POST', '/validate', { template: text })
      expect(status).to.equal(400)
      expect(body.error.message).to.contain('The Resource Type (OS::Heat::Valu) could not be found.')
      const places = body.errors.map((one: Record<string, unknown>) => [one.path, one.line, one.column])
      expect(places).to.deep.equal([
        ['resources.a.type', 3, 8],
        ['resources.b.properties.vaule', 7, 7],
        ['resources.b.properties', 6, 5],
      ])
      const created = await api.send('POST', '/stacks', {
        stack_name: 'placed',
        template: text.replace('Valu }', 'Value, properties: { value: 1 } }'),
      })
      expect(created.status).to.equal(400)
      expect(created.body.errors).to.deep.include.members([
        {
          type: 'StackValidationFailed',
          message: created.body.errors[0].message,
          path: 'resources.b.properties.vaule',
          line: 7,
          column: 7,
        },
      ])
    })

    it('warns of keys that stand there twice, of which the last counts', async () => {
      const template =
        'heat_template_version: 2018-08-31\nresources:\n  a: {type: No::Such}\n  a: {type: OS::Heat::None}'
      const { status, body } = await api.send('POST', '/validate', { template })
      expect(status).to.equal(200)
      expect(body.Warnings).to.have.lengthOf(1)
      expect(body.Warnings[0]).to.include({ path: 'resources.a', line: 4, column: 3 })
      const once = await api.send('POST', '/validate', { template: template.replace('  a: {type: No::Such}\n', '') })
      expect(once.body).not.to.have.property('Warnings')
    })

    it('tells it of files and of members of groups as well, where they are written', async () => {
      const template = [
        'heat_template_version: 2018-08-31',
        'resources:',
        '  a: { type: a.yaml }',
        '  g:',
        '    type: OS::Heat::ResourceGroup',
        '    properties:',
        '      resource_def: { type: OS::Heat::Value, properties: { valu: 1 } }',
      ].join('\n')
      const files = { 'a.yaml': 'heat_template_version: 2018-08-31\nresources:\n  b: { type: No::Such }\n' }
      for (const path of ['/validate', '/stacks']) {
        const { body } = await api.send('POST', path, { stack_name: 'placed', template, files })
        expect(body.errors[0]).to.include({ file: 'a.yaml', path: 'resources.b.type', line: 3, column: 8 })
        expect(body.errors[0].message).to.contain('resources.a<a.yaml>: The Resource Type (No::Such)')
        if (path === '/stacks') continue
        const path1 = 'resources.g.properties.resource_def.properties.valu'
        expect(body.errors[1]).to.include({ path: path1, line: 7, column: 60 }).and.not.to.have.property('file')
      }
      const broken = await api.send('POST', '/stacks', { stack_name: 'placed', template, files: { 'a.yaml': 'a: [' } })
      expect(broken.body.errors[0]).to.include({ file: 'a.yaml', path: '', line: 1 })
      expect(broken.body.error.message).to.contain('Error parsing template a.yaml')
      const unread = await api.send('POST', '/validate', { template: 'heat_template_version: 2018-08-31\na: .inf' })
      expect(unread.body.errors[0]).to.include({ line: 2, column: 4 })
    })

    it('tells the versions of the language and their functions', async () => {
      const versions = (await api.get('/template_versions')).body.template_versions
      expect(versions).to.deep.include({
        version: 'heat_template_version.2016-10-14',
        type: 'hot',
        aliases: ['heat_template_version.newton'],
      })
      const { template_functions: functions } = (
        await api.get('/template_versions/heat_template_version.2018-08-31/functions')
      ).body
      expect(functions.map((one: { functions: string }) => one.functions)).to.include.members([
        'get_attr',
        'get_param',
        'str_replace',
        'repeat',
      ])
      await refused('GET', '/template_versions/nothing/functions', undefined, 404, /not found/)
    })

    it('shows its services and build', async () => {
      const { services } = (await api.get('/services')).body
      expect(services).to.have.length(1)
      expect(services[0]).to.include({ binary: 'heat-engine', topic: 'engine', status: 'up' })
      expect((await api.get('/build_info')).body).to.deep.equal({
        api: { revision: 'unknown' },
        engine: { revision: 'unknown' },
      })
    })
  })
})
