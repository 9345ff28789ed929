import { templates } from '@hearth/conformance'
import { expect } from 'chai'
import { onEachEngine } from './ground.js'

const { template } = templates
type Properties = NonNullable<Parameters<typeof template>[0][string]['properties']>

/** A wrong property of each type that checks more than its schema says, and where in the properties it is told. */
const wrong: Readonly<Record<string, readonly [type: string, properties: Properties, at: string]>> = {
  web: ['HTTP::Resource', { create: { url: 'ftp://u:opensesame@x/?token=opensesame' } }, 'create.url'],
  unreadable: ['HTTP::Resource', { create: { url: 'http://opensesame:x/' } }, 'create.url'],
  user: ['HTTP::Resource', { create: { url: 'https://u:opensesame@example.org/' } }, 'create.url'],
  program: ['Process::Command', { create: ['cat', 'x'] }, 'create[0]'],
  variable: ['Process::Command', { create: ['touch', 'x'], environment: { PATH: 'opensesame' } }, 'environment'],
  outside: ['Process::Command', { create: ['touch', 'x'], working_directory: '../x' }, 'working_directory'],
  file: ['File::File', { path: '../x' }, 'path'],
  bytes: ['File::File', { path: 'x', content: 'opensesame!', encoding: 'base64' }, 'content'],
  blind: ['File::File', { path: 'x', mode: '0044' }, 'mode'],
  closed: ['File::Directory', { path: 'x', mode: '0640' }, 'mode'],
  folder: ['File::Directory', { path: '/x' }, 'path'],
  role: ['PostgreSQL::Role', { connection: 'main', name: 'a', valid_until: 'soon' }, 'valid_until'],
  member: ['PostgreSQL::Role', { connection: 'main', name: 'a', member_of: ['b', ''] }, 'member_of[1]'],
  nowhere: ['PostgreSQL::Database', { connection: 'other', name: 'a' }, 'connection'],
  twice: ['PostgreSQL::Schema', { name: 'a', database: 'b' }, 'server'],
  right: [
    'PostgreSQL::Grant',
    { connection: 'main', role: 'a', object_type: 'schema', objects: ['b'], privileges: ['USAGE', 'SELECT'] },
    'privileges[1]',
  ],
  key: ['TLS::SelfSignedCert', { private_key_pem: 'opensesame', validity_period_hours: 1 }, 'private_key_pem'],
  sleep: ['Time::Sleep', { create_duration: 'a while' }, 'create_duration'],
  due: ['Time::Schedule', { at: 'noon' }, 'at'],
}
const resource = (name: string) => {
  const [type, properties] = wrong[name] as (typeof wrong)[string]
  return { type: `Hearth::${type}`, properties }
}

/** What no id can be, of each type that can tell by itself. */
const wrongIds: Readonly<Record<string, readonly [type: string, id: string, why: string]>> = {
  others: ['File::File', 'others/x', "'others/x' is not of this project; expected a path that begins with 'demo/'."],
  above: ['File::Directory', '../x', "the path '../x' is not allowed"],
  command: ['Process::Command', 'x', 'a command stands for nothing that could be imported'],
  object: ['HTTP::Resource', 'ftp://x/', 'a URL of ftp: is not allowed'],
  database: ['PostgreSQL::Database', 'main/%zz', 'names nothing; expected a connection of the operator'],
  schema: ['PostgreSQL::Schema', 'nowhere/a/b', "'nowhere' is not among [postgresql] connections"],
  grant: ['PostgreSQL::Grant', 'main/a', 'names no grant'],
  script: ['PostgreSQL::Script', 'x', 'a script cannot be imported'],
  key: ['TLS::PrivateKey', 'x', 'a key can be adopted only with the data'],
  request: ['TLS::CertRequest', 'x', 'expected the certificate request itself'],
  own: ['TLS::SelfSignedCert', 'x', 'expected the certificate itself'],
  signed: ['TLS::LocallySignedCert', 'x', 'expected the certificate itself'],
}

onEachEngine('what types refuse', ({ api, daemon, name }) => {
  it('is told by its place in the template, all of it at once by validate, and without what is secret', async () => {
    const all = template(Object.fromEntries(Object.keys(wrong).map(one => [one, resource(one)])))
    const { status, body } = await api().send('POST', '/validate', { template: all })
    expect(status).to.equal(400)
    expect(body.errors.map(({ path }: { path: string }) => path)).to.have.members(
      Object.entries(wrong).map(([one, [, , at]]) => `resources.${one}.properties.${at}`),
    )
    expect(JSON.stringify(body)).not.to.include('opensesame')

    for (const [one, [, , at]] of Object.entries(wrong)) {
      for (const path of ['/stacks', '/stacks/preview']) {
        const answer = await api().send('POST', path, {
          stack_name: name(),
          template: template({ [one]: resource(one) }),
        })
        expect(answer.status, one).to.equal(400)
        const { type, message } = answer.body.error
        expect(type).to.equal('StackValidationFailed')
        expect(message.startsWith(`Property error: : resources.${one}.properties.${at}: : `), message).to.equal(true)
      }
    }
    expect(daemon().log).not.to.include('opensesame')
  })

  it('is told of ids of what should exist, before anything is adopted', async () => {
    const resources = Object.entries(wrongIds).map(([one, [type, id]]) => [
      one,
      { type: `Hearth::${type}`, external_id: id },
    ])
    const all = { heat_template_version: '2018-08-31', resources: Object.fromEntries(resources) }
    const { status, body } = await api().send('POST', '/validate', { template: all })
    expect(status).to.equal(400)
    expect(body.errors).to.have.lengthOf(resources.length)
    for (const { path, message } of body.errors) {
      const [, one = ''] = /^resources\.(.+)\.external_id$/.exec(path) ?? []
      expect(message).to.contain(wrongIds[one]?.[2])
    }
    const created = await api().send('POST', '/stacks', { stack_name: name(), template: all })
    expect(created.body.error.message).to.contain("'others/x' is not of this project")
  })
})
