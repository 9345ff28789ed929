import { expect } from 'chai'
import { parseIni } from './ini.js'
import { option } from './option.js'
import { hostOptions } from './options/index.js'
import { renderSample } from './sample.js'
import { list, secret } from './types.js'

describe('The configuration sample', () => {
  it('names every option once, in its section, commented out', () => {
    const text = renderSample(hostOptions)
    expect(Object.values(parseIni(text).sections).flatMap(Object.keys)).to.deep.equal([])
    const { sections } = parseIni(text.replace(/^#(?=\w+ =)/gm, ''))
    const named = Object.entries(sections).flatMap(([section, options]) =>
      Object.keys(options).map(name => `[${section}] ${name}`),
    )
    expect(named).to.have.members(hostOptions.map(({ section, name }) => `[${section}] ${name}`))
  })

  it('uncommented, gives every default', () => {
    const { sections } = parseIni(renderSample(hostOptions).replace(/^#(?=\w+ =)/gm, ''))
    for (const { section, name, type, default: value, shown } of hostOptions) {
      const text = sections[section]?.[name] ?? ''
      if (shown === undefined && text !== '') expect(type.parse(text), name).to.deep.equal(value)
    }
  })

  it('shows no secret and no line that is too long', () => {
    const key = option<string | undefined>('acme', 'key', secret('a word'), {
      default: 'hush',
      help: 'word '.repeat(60),
    })
    const text = renderSample([key, option('acme', 'names', list, { default: ['a', 'b #c'], help: 'Names.' })])
    expect(text).to.not.contain('hush')
    expect(text).to.contain('#names = "a,b #c"')
    for (const line of text.split('\n')) expect(line.length).to.be.at.most(120)
  })
})
