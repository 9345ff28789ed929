import 'reflect-metadata'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { Container, ContainerModule, type ContainerModuleLoadOptions } from 'inversify'
import { Clock, definePlugin, done, Engine, type HearthPlugin, ResourceType } from './index.js'
import { typeRegistry } from '../resource/types.js'
import { idleEngine } from '../testing/host.js'
import { collect, importPlugins } from './loader.js'
import { UnavailableType } from './unavailable-type.js'

const type = (name: string): ResourceType => ({
  name,
  className: name,
  description: '',
  support: { status: 'SUPPORTED' },
  properties: {},
  attributes: {},
  create: async () => done(),
})
const plugin = (name: string, contribute: (options: ContainerModuleLoadOptions) => unknown): HearthPlugin =>
  definePlugin({ name, apiVersion: 1, contributions: new ContainerModule(options => void contribute(options)) })
const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'it did not fail',
    error => (error as Error).message,
  )

describe('loading plugins', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'hearth-plugins-'))
    const contract = new URL('./index.js', import.meta.url).href
    const write = (name: string, code: string): void => {
      const path = join(folder, 'node_modules', name)
      mkdirSync(path, { recursive: true })
      writeFileSync(join(path, 'package.json'), JSON.stringify({ name, type: 'module', exports: './index.js' }))
      writeFileSync(join(path, 'index.js'), code)
    }
    write(
      'fine',
      `import { definePlugin } from '${contract}'\nexport default definePlugin({ name: 'fine', apiVersion: 1, contributions: {} })`,
    )
    write(
      'other-version',
      `import { definePlugin } from '${contract}'\nexport default definePlugin({ name: 'other-version', apiVersion: 2, contributions: {} })`,
    )
    write('no-plugin', 'export default { name: "no-plugin" }')
    write('broken', 'throw new Error("a typo")')
  })
  after(() => rmSync(folder, { recursive: true, force: true }))
  const load = (...names: string[]) => importPlugins(names, pathToFileURL(join(folder, 'index.js')).href)

  it('imports packages by name, each once', async () => {
    expect((await load('fine', 'fine')).map(({ name }) => name)).to.deep.equal(['fine'])
  })

  it('names a package that is not installed', async () => {
    expect(await failure(load('@acme/missing'))).to.match(/^@acme\/missing: no such package is installed/)
  })

  it('names a package that is not a plugin', async () => {
    expect(await failure(load('no-plugin'))).to.match(/^no-plugin: its default export is not a Hearth plugin/)
  })

  it('names a package that fails as it is loaded', async () => {
    expect(await failure(load('broken'))).to.match(/^broken: it cannot be loaded: a typo/)
  })

  it('names a plugin made for another contract, and the version it needs', async () => {
    expect(await failure(load('other-version'))).to.match(
      /^other-version: it is made for version 2 .* this Hearth has version 1/,
    )
  })

  it('collects contributions of all plugins', async () => {
    const host = new Container()
    const found = await collect(
      [
        plugin('one', ({ bind }) => {
          bind(Engine).toConstantValue(idleEngine('batch'))
          bind(ResourceType).toConstantValue(type('A'))
        }),
        plugin('two', ({ bind }) => bind(ResourceType).toConstantValue(type('B'))),
      ],
      host,
    )
    expect(found.engines.map(({ name }) => name)).to.deep.equal(['batch'])
    expect(found.types.map(({ name }) => name)).to.deep.equal(['A', 'B'])
  })

  it('does not count a type that cannot be carried out as one that is brought', async () => {
    const unavailable = { name: 'A', service: 'nova', reason: 'none' }
    const found = await collect(
      [
        plugin('one', ({ bind }) => bind(UnavailableType).toConstantValue(unavailable)),
        plugin('two', ({ bind }) => bind(ResourceType).toConstantValue(type('A'))),
      ],
      new Container(),
    )
    const registry = typeRegistry(found.types, [...found.unavailable, { ...unavailable, name: 'B' }])
    expect([registry.names(), registry.absentNames()]).to.deep.equal([['A'], ['B']])
  })

  it('names both plugins that bring an engine or a type of one name', async () => {
    const engines = ['one', 'two'].map(name =>
      plugin(name, ({ bind }) => bind(Engine).toConstantValue(idleEngine('batch'))),
    )
    expect(await failure(collect(engines, new Container()))).to.equal(
      "two: engine 'batch' also comes from one; load one of them ([DEFAULT] plugins).",
    )
    const types = ['one', 'two'].map(name => plugin(name, ({ bind }) => bind(ResourceType).toConstantValue(type('A'))))
    expect(await failure(collect(types, new Container()))).to.match(/^two: resource type 'A' also comes from one/)
  })

  it('names the plugin whose contribution cannot be built', async () => {
    const bad = plugin('bad', ({ bind }) =>
      bind(Engine).toDynamicValue(() => {
        throw new Error('no queue')
      }),
    )
    expect(await failure(collect([bad], new Container()))).to.match(
      /^bad: its contributions cannot be built: .*no queue/,
    )
  })

  it("lets a plugin use the host's services, and replace none for others", async () => {
    const host = new Container()
    const clock: Clock = { now: () => 1, after: () => () => undefined }
    host.bind(Clock).toConstantValue(clock)
    let seen: Clock | undefined
    await collect(
      [
        plugin('greedy', ({ bind }) => bind(Clock).toConstantValue({ now: () => 2, after: () => () => undefined })),
        plugin('modest', ({ bind }) =>
          bind(Engine).toDynamicValue(context => {
            seen = context.get(Clock)
            return idleEngine('modest')
          }),
        ),
      ],
      host,
    )
    expect(seen).to.equal(clock)
    expect(host.get(Clock)).to.equal(clock)
  })

  it('costs plugins next to nothing: the contract loads neither hapi, nor Sequelize, nor pg', () => {
    const entry = new URL('./index.js', import.meta.url).href
    const spy = `
      import { register } from 'node:module'
      register('data:text/javascript,' + encodeURIComponent(\`
        import { writeSync } from 'node:fs'
        export async function load(url, context, next) { writeSync(1, url + '\\\\n'); return next(url, context) }\`))
      await import(${JSON.stringify(entry)})`
    const loaded = execFileSync(process.execPath, ['--input-type=module', '-e', spy], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      encoding: 'utf8',
    })
    expect(loaded).to.contain('plugin/index.js')
    expect(loaded).not.to.match(/@hapi|sequelize|\/pg\/|nconf|core\/dist\/(http|host|stack)/)
  })
})
