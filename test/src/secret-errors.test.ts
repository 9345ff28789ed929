import { type Body, Daemon } from '@hearth/conformance'
import { expect } from 'chai'
import pg from 'pg'
import { keptRows } from './kept.js'

const secret = 'Top-Secret-7f3a'
const value = (given: unknown, type?: string) => ({
  type: 'OS::Heat::Value',
  properties: { value: given, ...(type === undefined ? {} : { type }) },
})
const hot = (parts: object) => ({ heat_template_version: '2021-04-16', ...parts })
const get = { get_param: 'hidden' }
const through = { get_attr: ['v', 'value'] }
const length = (given: unknown) => ({ type: 'OS::Heat::RandomString', properties: { length: given } })
const parameters = (more: object = {}) => ({ hidden: { type: 'string', hidden: true, default: secret, ...more } })

/** Each is refused at once, by what a template says of a hidden parameter. */
const refused: readonly (readonly [string, object])[] = [
  ['"******"', { parameters: parameters({ constraints: [{ allowed_pattern: '[a-z]+' }] }) }],
  ['******', { parameters: parameters({ type: 'number' }) }],
  ['******', { parameters: parameters({ constraints: [{ allowed_values: ['a'] }] }) }],
  ["Value '******' is not an integer", { parameters: parameters(), resources: { r: length(get) } }],
  ["could not convert string to float: '******'", { parameters: parameters(), resources: { r: value(get, 'number') } }],
  [
    'there is a secret in it',
    { parameters: parameters(), resources: { r: value({ yaql: { expression: 'int($.data)', data: get } }) } },
  ],
  [
    'condition "c" is invalid: ******',
    { parameters: parameters(), conditions: { c: get }, resources: { r: { ...value(1), condition: 'c' } } },
  ],
  ['Invalid condition "******"', { parameters: parameters(), resources: { r: value({ if: [get, 1, 2] }) } }],
  ['Invalid condition "******"', { parameters: parameters(), resources: { r: { ...value(1), condition: get } } }],
  [
    'Invalid deletion policy "******"',
    { parameters: parameters(), resources: { r: { ...value(1), deletion_policy: get } } },
  ],
  [
    'Invalid URL port "******"',
    {
      parameters: parameters(),
      resources: { r: { ...value(1), metadata: { m: { make_url: { scheme: 'http', host: 'h', port: get } } } } },
    },
  ],
  [
    'not found in the template: ******',
    {
      parameters: parameters(),
      resources: {
        r: value({
          str_replace_strict: {
            template: 'x',
            params: { map_merge: [{ map_replace: [{ k: 'v' }, { keys: { k: get } }] }] },
          },
        }),
      },
    },
  ],
]

/** Each fails when it is created, for what the value of a hidden parameter is by then. */
const failing = {
  v: value(get),
  integer: length(through),
  url: value({ make_url: { scheme: 'http', host: 'h', port: through } }),
  joined: value({ list_join: ['', through] }),
  query: value({ yaql: { expression: 'int($.data)', data: through } }),
  map: { type: 'OS::Heat::ResourceGroup', properties: { count: 1, resource_def: through } },
  whole: value({ make_url: { scheme: 'http', host: 'h', port: { get_attr: ['v'] } } }),
  long: { type: 'OS::Heat::RandomString', properties: { length: { get_attr: ['open', 'value'] } } },
  number: value(through, 'number'),
  deployed: { type: 'OS::Heat::SoftwareDeployment', properties: { config: through, server: 'somewhere' } },
  open: value('o'.repeat(50_000)),
}

for (const engine of ['legacy', 'convergence']) {
  describe(`errors about what is secret, on ${engine}`, () => {
    let daemon: Daemon
    let database: pg.Client
    before(async () => {
      daemon = await Daemon.start({ engine })
      database = new pg.Client({ connectionString: daemon.shared()['database:connection'] })
      await database.connect()
    })
    after(async () => {
      await database.end()
      await daemon.remove()
    })

    it('do not tell it, neither to who sends a template nor in states, events, rows and the log', async function () {
      this.timeout(120_000)
      const api = daemon.api()
      for (const [told, parts] of refused) {
        for (const [path, body] of [
          ['/validate', { template: hot(parts) }],
          ['/stacks', { stack_name: 'refused', template: hot(parts) }],
        ] as const) {
          const answer = await api.send('POST', path, body)
          expect(answer.status, told).to.equal(400)
          expect(answer.body.error.message).to.contain(told)
          expect(JSON.stringify(answer.body)).not.to.contain(secret)
        }
      }
      for (const [name, resource] of Object.entries(failing)) {
        if (name === 'v' || name === 'open') continue
        const { v, open } = failing
        const stack = await api.create(
          name,
          hot({ parameters: parameters(), resources: { v, open, [name]: resource } }),
        )
        const shown = await stack.reaches('CREATE_FAILED')
        expect(shown.stack_status_reason, name).not.to.contain(secret)
        expect(shown.stack_status_reason, name).to.match(
          name === 'long' ? /^.{150,600}$/ : /\*{6}|secret in it|must operate on a list/,
        )
        const events = (await api.get(`${stack.path}/events`)).body.events
        expect(events.map((event: Body) => event.resource_status_reason).join(), name).not.to.contain(secret)
      }
      const holds = [...(await keptRows(database)), ...daemon.log.split('\n')].filter(text => text.includes(secret))
      expect(holds.filter(text => !text.includes('"default"')).map(text => text.slice(0, 300))).to.deep.equal([])
    })

    it('are short, however long that is which is wrong', async () => {
      const large = 'n'.repeat(150_000)
      const constraints = [{ allowed_pattern: '[a-z]' }]
      for (const parts of [
        { parameters: { p: { type: 'string', default: large, constraints } } },
        { parameters: { [large]: { type: 'number', default: 'x' } } },
        { resources: { [large]: { type: 'Unknown::Type' } } },
        { resources: { r: { type: 'OS::Heat::Value', properties: { [large]: 1 } } } },
        { resources: { r: length('9'.repeat(400) + large) } },
      ]) {
        const answer = await daemon.api().send('POST', '/validate', { template: hot(parts) })
        expect(answer.status).to.equal(400)
        expect(JSON.stringify(answer.body).length, Object.keys(parts).join()).to.be.below(20_000)
      }
    })
  })
}
