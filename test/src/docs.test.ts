import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { eachEngine } from '@hearth/conformance/engines'
import { expect } from 'chai'

/** The pages that people write; those of types are generated, with examples of their own. */
const pages = ['README.md', 'CONTRIBUTING.md', ...markdownIn('docs'), ...markdownIn('examples')].filter(
  page => !page.startsWith('docs/resource-types/'),
)

function markdownIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.md') && !file.includes('node_modules'))
    .map(file => `${folder}/${file}`)
}

/** Blocks of a page: those in fences, and those that are indented by four. */
function blocksOf(text: string): string[] {
  const fenced = [...text.matchAll(/^```(?:yaml|json)\n(.*?)^```/gms)].map(([, block = '']) => block)
  const indented = [...text.matchAll(/(?:^|\n\n)((?: {4}[^\n]*\n|\n(?= {4}))+)/g)].map(([, block = '']) =>
    block.replace(/^ {4}/gm, ''),
  )
  return [...fenced, ...indented]
}

const hot = 'heat_template_version: 2021-04-16\n'
const indent = (text: string): string => text.replace(/^(?=.)/gm, '  ')

/** What excerpts leave out: parameters, files, and types that plugins would bring. */
const parameters: Record<string, object> = {
  ports: { type: 'json', default: [{ number: 80, open: true }] },
  network_id: { type: 'string', default: 'n-1' },
}
const file = `${hot}parameters: {size: {type: string, default: big}}
resources: {a: {type: 'OS::Heat::Value', properties: {value: {get_param: size}}}}
outputs: {address: {value: {get_attr: [a, value]}}}
`
const registry = { 'Acme::*': 'OS::Heat::None', 'My::*': 'OS::Heat::None' }

interface Example {
  readonly template: string
  readonly environment: string | object
  readonly files: Record<string, string>
  readonly parameters?: object
}

/** The stack that a block shows, with what it leaves out. Undefined: it is no template. */
function exampleOf(block: string): Example | undefined {
  const environment = { resource_registry: registry }
  const files = Object.fromEntries([...block.matchAll(/[\w-]+\.yaml/g)].map(([name]) => [name, file]))
  if (/^AWSTemplateFormatVersion:/m.test(block))
    return { template: block, environment, files, parameters: { Name: 'x' } }
  if (/^heat_template_version:/m.test(block)) return { template: block, environment, files }
  if (/^resource_registry:/m.test(block)) {
    // A resource of each type that it names; the first one is called as the one that has entries of its own.
    const types = [...block.matchAll(/^ {2}(\w+::[\w:*]+):/gm)].map(([, type = '']) => type.replace('*', 'Any'))
    const own = /^ {4}web:/m.test(block) ? { properties: { value: 1 } } : {}
    const named = types.map((type, index) => (index === 0 ? ['web', { type, ...own }] : [`other${index}`, { type }]))
    const resources = JSON.stringify(Object.fromEntries(named))
    return { template: `${hot}resources: ${resources}\n`, environment: block, files }
  }
  const resources = /^resources:/m.test(block)
  if (!resources && !/^\w+:\n(?: {2}\w.*\n)*? {2}type: \w+::/.test(block)) return undefined
  const wanted = [...block.matchAll(/get_param: (\w+)/g)].map(([, name = '']) => [name, parameters[name]])
  const declared = wanted.length === 0 ? '' : `parameters: ${JSON.stringify(Object.fromEntries(wanted))}\n`
  return { template: hot + declared + (resources ? block : `resources:\n${indent(block)}`), environment, files }
}

const examples = pages.flatMap(page =>
  blocksOf(readFileSync(page, 'utf8')).flatMap(block => {
    const example = exampleOf(block)
    return example === undefined ? [] : [{ page, title: block.trim().split('\n', 1)[0], example }]
  }),
)

describe('the pages of the documentation', () => {
  it('name sources that are there', () => {
    const named = /`((?:config|core|db|examples|plugins|scripts|test)\/[\w./-]+\.ts)`/g
    const absent = pages.flatMap(page =>
      [...readFileSync(page, 'utf8').matchAll(named)].flatMap(([, path = '']) =>
        existsSync(path) || path.includes('NNNN') ? [] : `${page}: ${path}`,
      ),
    )
    expect(absent).to.deep.equal([])
  })

  it('lead to pages and sources that are there', () => {
    const everywhere = [...pages, 'CHANGELOG.md', ...markdownIn('docs/resource-types')]
    const absent = everywhere.flatMap(page =>
      [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].flatMap(
        ([, path = '']) => (existsSync(join(dirname(page), path)) ? [] : `${page}: ${path}`),
      ),
    )
    expect(absent).to.deep.equal([])
  })

  it('have examples', () => {
    expect(examples.map(({ page }) => page)).to.include.members(['docs/language.md', 'docs/plugins.md'])
    expect(examples.length).to.be.at.least(9)
  })
})

/** The names of the contract. */
const contract = new Set(
  [...readFileSync('core/plugin-api.md', 'utf8').matchAll(/^export (?:declare |abstract )*[a-z]+ (\w+)/gm)].map(
    ([, name = '']) => name,
  ),
)

/** A block of code with the imports that it leaves out, and with `bind` of a ContainerModule. */
function completed(block: string): string {
  const imported = [...block.matchAll(/^import \{(.*?)\}/gm)].map(([, names]) => names).join()
  const words = new Set(block.match(/\w+/g))
  const missing = (name: string): boolean => words.has(name) && !new RegExp(`\\b${name}\\b`).test(imported)
  return [
    `import { ${[...contract].filter(missing).join(', ')} } from '@hearth/core/plugin'`,
    ...(missing('writeFile') ? [`import { writeFile } from 'node:fs/promises'`] : []),
    `import type { ContainerModuleLoadOptions } from 'inversify'`,
    ...(/^bind\(/m.test(block) ? [`declare const bind: ContainerModuleLoadOptions['bind']`] : []),
    block,
  ].join('\n')
}

describe('the page about plugins', () => {
  const page = readFileSync('docs/plugins.md', 'utf8')
  const codeOf = (file: string): string => readFileSync(`examples/${file}`, 'utf8')

  it('shows of the sample engine what is there', () => {
    const advance = codeOf('queue-engine/src/advance.ts')
    expect(page).to.contain(advance.slice(advance.indexOf('export async function advance')))
  })

  it('shows code that compiles', () => {
    const code = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, block = '']) => block)
    // The sample's is compiled where it stands.
    const blocks = code.filter(block => !block.startsWith('export async function advance'))
    expect(blocks.length).to.be.at.least(6)
    // Of the house's packages a file below this one finds those that the tests find.
    const folder = mkdtempSync(join('test', 'dist', 'page-'))
    try {
      for (const [index, block] of blocks.entries()) writeFileSync(join(folder, `block${index}.ts`), completed(block))
      const compilerOptions = { composite: false, noEmit: true, rootDir: '.', tsBuildInfoFile: null, types: ['node'] }
      const project = { extends: '../../../tsconfig.base.json', compilerOptions, include: ['*.ts'] }
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project))
      const { status, stdout } = spawnSync(join('node_modules', '.bin', 'tsc'), ['-p', folder], { encoding: 'utf8' })
      expect([status, stdout]).to.deep.equal([0, ''])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('shows of the sample type what is there', () => {
    const note = codeOf('note/src/note.ts')
    const type = note.slice(note.indexOf('/** A text file')).replace('export const note', 'const note')
    expect(page).to.contain(type)
  })
})

describe('what operators are told', () => {
  it('of how much a daemon does at once is what the options say', () => {
    const numbers = (text: string): number[] =>
      (text.replaceAll(/(\d),(?=\d{3})/g, '$1').match(/\d+(\.\d+)?/g) ?? []).map(Number)
    const sample = readFileSync('config/hearth.conf.sample', 'utf8')
    const page = readFileSync('docs/operators/running.md', 'utf8')
    const rows = [...page.matchAll(/^\| `\[(\w+)\] (\w+)` \| ([^|]+) \|/gm)]
    expect(rows.map(([, , name]) => name)).to.include.members([
      'slots',
      'batch_size',
      'stacks_at_once',
      'max_pool_size',
    ])
    for (const [, section = '', name = '', told = ''] of rows) {
      const [, options = ''] = sample.split(`\n[${section}]\n`)
      const [, value = ''] = new RegExp(`^#${name} = (.*)$`, 'm').exec(options) ?? []
      expect(numbers(told), name).to.deep.equal(numbers(value))
    }
  })
})

eachEngine('an example in the documentation', ({ daemon, name }) => {
  for (const { page, title, example } of examples) {
    it(`of ${page} is valid, and is created: ${title}`, async () => {
      const api = daemon().api()
      const { template, ...rest } = example
      const { status, body } = await api.send('POST', '/validate', { template, ...rest })
      expect(status, JSON.stringify(body)).to.equal(200)
      const stack = await api.create(name(), template, rest as object)
      const shown = await stack.reaches('CREATE_COMPLETE')
      for (const output of shown.outputs) expect(output, output.output_key).not.to.have.property('output_error')
      await stack.delete()
      await stack.reaches('DELETE_COMPLETE')
    })
  }
})
