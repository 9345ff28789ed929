import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Stack, templates } from '@hearth/conformance'
import { expect } from 'chai'
import { type Resources, resource } from './asking.js'
import { onEachEngine } from './ground.js'
import { kept } from '../kept.js'
import { RestServer } from './rest-server.js'

const { template } = templates

/** Each in its own place, so that a test that fails tells which. */
const words = ['header', 'query', 'body', 'bearer', 'content', 'variable', 'input', 'password', 'sql', 'login'] as const
const secretOf = (word: (typeof words)[number]): string => `swordfish-${word}`
const given = (word: (typeof words)[number]) => ({ get_param: word })
const parameters = Object.fromEntries(words.map(word => [word, { type: 'string', hidden: true }]))
const values = Object.fromEntries(words.map(word => [word, secretOf(word)]))

onEachEngine('what is secret', ({ api, daemon, target, root, name }) => {
  let server: RestServer
  before(async () => (server = await RestServer.start()))
  after(() => server?.stop())

  const run = async (resources: Resources) =>
    api().create(name(), { ...template(resources), parameters }, { parameters: values, disable_rollback: true })

  const shell = (script: string) => ({
    type: 'Hearth::Process::Command',
    properties: {
      create: ['/bin/sh', '-c', script],
      environment: { APP_WORD: given('variable') },
      input: given('input'),
    },
  })
  const file = (path: string) => ({
    type: 'Hearth::File::File',
    properties: { path, content: { list_join: [' ', ['it is', given('content')]] } },
  })

  /** All that users and operators are shown of a stack, but the words of its author. */
  async function shown(stack: Stack): Promise<string> {
    const { events } = (await api().get(`${stack.path}/events`)).body as {
      events: { id: string; resource_name: string }[]
    }
    const resources = Object.keys(await stack.resources())
    const paths = [
      stack.path,
      `${stack.path}/resources?nested_depth=2`,
      ...resources.map(one => `${stack.path}/resources/${one}`),
      ...events
        .filter(({ resource_name: one }) => resources.includes(one))
        .map(({ id, resource_name: one }) => `${stack.path}/resources/${one}/events/${id}`),
    ]
    const answers = await Promise.all(paths.map(async path => (await api().get(path)).body))
    return JSON.stringify([events, ...answers])
  }
  /** What the database holds, but for what the author of a template gave with it. */
  const stored = async (): Promise<string> =>
    (await kept(daemon()))
      .split('\n')
      .filter(line => !line.includes('heat_template_version'))
      .join('\n')
  const leaks = (text: string): string[] => words.filter(word => text.includes(secretOf(word)))

  it('stands in nothing that is shown of what goes well, and in the database only encrypted', async () => {
    const stackName = name()
    const stack = await run({
      web: {
        type: 'Hearth::HTTP::Resource',
        properties: {
          auth: { bearer: 'opensesame' },
          headers: { 'X-Word': given('header') },
          query: { word: given('query') },
          create: { url: `${server.url}/named/${stackName}`, method: 'PUT', body: { a: 1 } },
          delete: {},
        },
      },
      file: file(stackName),
      program: shell('test -n "$(cat)" && test -n "$APP_WORD"'),
      role: resource('Role', { name: stackName, password: given('password') }),
      script: resource('Script', {
        database: 'postgres',
        up: { str_replace: { template: "SELECT 'it is $word'", params: { $word: given('sql') } } },
        down: { str_replace: { template: "SELECT '$word'", params: { $word: given('sql') } } },
      }),
      key: { type: 'Hearth::TLS::PrivateKey', properties: { algorithm: 'ED25519' } },
      certificate: {
        type: 'Hearth::TLS::SelfSignedCert',
        properties: { private_key_pem: { get_attr: ['key', 'private_key_pem'] }, validity_period_hours: 1 },
      },
    } as Resources)
    await stack.reaches('CREATE_COMPLETE')
    expect(server.requests('PUT').at(-1)).to.include({ path: `/named/${stackName}?word=swordfish-query` })
    expect(leaks(await shown(stack))).to.deep.equal([])
    await stack.action('check')
    await stack.reaches('CHECK_COMPLETE')
    expect(leaks(await stored())).to.deep.equal([])
    expect(await stored()).not.to.include('PRIVATE KEY')
    expect(leaks(daemon().log)).to.deep.equal([])

    const { body } = await api().send('DELETE', `${stack.path}/abandon`)
    const { parameters: _, environment: __, ...rest } = body
    // With the values that its owner gave it, and what a type has to keep, whoever adopts it can go on.
    expect(leaks(JSON.stringify(rest))).to.deep.equal([])
  })

  it('stands in no reason, no event and no log of what fails', async () => {
    const stackName = name()
    mkdirSync(join(root, 'demo'), { recursive: true })
    writeFileSync(join(root, 'demo', stackName), 'theirs')
    const url = new URL(target().url)
    const failing = {
      refused: {
        type: 'Hearth::HTTP::Resource',
        properties: {
          auth: { bearer: given('bearer') },
          headers: { 'X-Word': given('header') },
          query: { word: given('query') },
          create: { url: `${server.url}/things`, body: { word: given('body') } },
        },
      },
      repeated: {
        type: 'Hearth::HTTP::Resource',
        properties: {
          create: { url: { list_join: ['', [`${server.url}/repeats?word=`, given('query')]] }, body: given('body') },
        },
      },
      file: file(stackName),
      program: shell('echo "$APP_WORD $(cat)" >&2; exit 3'),
      role: resource('Role', { name: stackName, password: given('password'), member_of: ['nobody here'] }),
      stranger: {
        type: 'Hearth::PostgreSQL::Role',
        properties: {
          name: stackName,
          server: {
            host: url.hostname,
            port: Number(url.port),
            user: url.username,
            password: given('login'),
            sslmode: 'disable',
          },
        },
      },
      ...Object.fromEntries(
        [
          "SELECT '$word'::int",
          "SELECT -- don't\n'$word' '$word'",
          "SELECT -- don't\n'$word'::int",
          "CREATE TEMP TABLE t (a text UNIQUE); INSERT INTO t VALUES ('$word'), ('$word')",
        ].map((text, at) => [
          `script${at}`,
          resource('Script', {
            database: 'postgres',
            up: { str_replace: { template: text, params: { $word: given('sql') } } },
          }),
        ]),
      ),
    } as Resources
    // What fails keeps others from beginning: each stands alone, also what waits for a value.
    const alone = await Promise.all(Object.entries(failing).map(([key, one]) => run({ [key]: one })))
    const late = { get_attr: ['word', 'value'] }
    const user = await run({
      word: { type: 'OS::Heat::RandomString', properties: { length: 32 } },
      user: {
        type: 'Hearth::HTTP::Resource',
        properties: { create: { url: { list_join: ['', ['http://u:', late, '@127.0.0.1/']] } } },
      },
    })
    const nul = await run({
      nul: {
        type: 'Hearth::Process::Command',
        properties: { create: ['/bin/sh', '-c', String.raw`printf '\000'`] },
      },
      late: {
        type: 'Hearth::Process::Command',
        properties: {
          create: ['/bin/sh'],
          environment: { APP_WORD: { list_join: ['', [given('variable'), { get_attr: ['nul', 'stdout'] }]] } },
        },
      },
    })
    const stacks = [user, nul, ...alone]
    const told = await Promise.all(
      stacks.map(async one => {
        await one.reaches('CREATE_FAILED')
        return shown(one)
      }),
    )
    expect(leaks(told.join())).to.deep.equal([])
    for (const reason of [
      'was answered by 401: {\\"error\\":\\"not ******\\"}',
      `POST ${server.url} was answered by 400`,
      'names a user',
      'is not overwritten',
      "'/bin/sh' ended with 3: ****** ******",
      'has a NUL in it',
      'nobody here',
      'password authentication failed',
      'invalid input syntax for type integer: ****** (22P02)',
      'syntax error at or near ******',
      'duplicate key value violates unique constraint',
    ])
      expect(told.join()).to.include(reason)
    const word = (await api().get(`${user.path}/resources/word`)).body.resource.attributes.value
    expect(told[0]?.split(word), 'but as the attribute of what made it').to.have.length(2)
    expect(leaks(daemon().log)).to.deep.equal([])
    expect(daemon().log).not.to.include(word)
    expect(leaks(await stored())).to.deep.equal([])
    await Promise.all(stacks.map(one => one.delete()))
    await Promise.all(stacks.map(one => one.settled()))
  })
})
