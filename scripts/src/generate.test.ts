import { existsSync, readFileSync } from 'node:fs'
import { plugins } from '@hearth/config'
import { done } from '@hearth/core/plugin'
import { expect } from 'chai'
import { exportsOf } from './api-report.js'
import { contract, exampleOf, generated, stale } from './generate.js'
import { loaded, typesOf } from './loaded.js'
import { guides, typePage } from './type-page.js'

describe('Generated files', () => {
  it('are as their sources say (else: npm run generate)', async () => {
    expect(stale(await generated())).to.deep.equal([])
  })

  it('contain the options of the plugins', async () => {
    const [sample] = await generated()
    expect(sample?.text).to.match(/^\[convergence\]$/m)
  })
})

describe('The page of a type', () => {
  it('has an example of the type', async () => {
    const types = (await Promise.all(plugins.default.map(async name => typesOf(await loaded(name))))).flat()
    expect(types).not.to.have.length(0)
    for (const { name } of types) {
      expect(existsSync(exampleOf(name)), `an example of ${name} in examples/types`).to.equal(true)
      expect(readFileSync(exampleOf(name), 'utf8')).to.match(new RegExp(`[tT]ype: ${name}\\n`))
    }
  })

  it('leads to what goes for all types of its namespace', async () => {
    const headings = [...readFileSync('docs/standard-resources.md', 'utf8').matchAll(/^## (.*)$/gm)]
    const anchors = headings.map(([, heading = '']) => heading.toLowerCase().replaceAll(' ', '-'))
    expect(anchors).to.include.members(Object.values(guides))
    const types = await typesOf(await loaded('@hearth/standard-resources'))
    expect(types).not.to.have.length(0)
    for (const type of types) expect(typePage(type, undefined), type.name).to.include('../standard-resources.md#')
  })

  it('says what the schema says', () => {
    const page = typePage(
      {
        name: 'A::B',
        className: 'B',
        description: 'One. Two.',
        support: { status: 'DEPRECATED', version: '3.0' },
        properties: {
          name: { type: 'string', constraints: [{ length: { max: 9 } }] },
          size: { type: 'integer', required: true, updateAllowed: true, constraints: [{ range: { min: 1 } }] },
          rules: {
            type: 'list',
            schema: { '*': { type: 'map', schema: { word: { type: 'string', secret: true, default: 'a|b' } } } },
          },
        },
        attributes: { now: { type: 'string', description: 'What time it is.', live: true } },
        create: async () => done(),
        update: async () => done(),
        mayReplace: true,
      },
      'a: b\n',
    )
    for (const line of [
      'Status: DEPRECATED. In Heat since 3.0.',
      '| `name` | string |  | replaces | Allowed: at most 9 characters. |',
      '| update in place | yes, as the table says; some of these changes replace it all the same |',
      '| `size` | integer | required | in place | Allowed: at least 1. |',
      '| `rules` | list |  | replaces |  |',
      '| `rules.*.word` | string | `"a\\|b"` |  | Its value stands in no event, and is kept encrypted. |',
      '| `now` | string | What time it is. Read anew each time. |',
      '| when it is FAILED | It is replaced by the next update. |',
      '```yaml\na: b\n```',
    ])
      expect(page).to.include(line)
  })
})

describe('The contract of plugins', () => {
  it('says of everything in it what it is for', () => {
    const exported = exportsOf(contract)
    expect(exported.map(({ name }) => name)).to.include.members(['Engine', 'ResourceType', 'definePlugin', 'option'])
    expect(exported.filter(({ documented }) => !documented).map(({ name }) => name)).to.deep.equal([])
  })
})
