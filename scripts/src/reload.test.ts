import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { loadConfiguration, plugins } from '@hearth/config'
import { expect } from 'chai'
import { loaded } from './loaded.js'

/** Texts of all kinds of options; each type takes two at least that are not the same to it. */
const texts = [
  '7',
  '2000000',
  '3000000',
  '0.5',
  'true',
  'no',
  'convergence',
  'A=1',
  'A=2',
  '/bin/a',
  '10.0.0.0/8',
  '127.0.0.1:80',
]
const urls = ['postgresql://h/a', 'main=postgresql://u:p@h:5432/a', 'main=postgresql://u:p@h:5432/b', 'https://h/a']

describe('The options that SIGHUP re-reads', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-reload-'))
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('are taken each, whatever type they are of', async () => {
    const path = join(folder, 'hearth.conf')
    const options = (await Promise.all(plugins.default.map(loaded))).flatMap(plugin => plugin.options ?? [])
    writeFileSync(path, '')
    const mutable = loadConfiguration({ files: [path], env: {}, options })
      .options()
      .filter(option => option.mutable)
    expect(mutable.map(({ name }) => name)).to.include.members(['debug', 'steps_per_type', 'connections', 'allowed'])
    for (const option of mutable) {
      const { section, name, type } = option
      const label = `[${section}] ${name}`
      const values = [...texts, ...urls].flatMap(text => {
        const value = type.parse(text)
        return value === undefined || isDeepStrictEqual(value, option.default) ? [] : [{ text, value }]
      })
      const first = values[0]
      expect(first, `${label}: none of the texts of this test is allowed`).not.to.equal(undefined)
      const second = values.find(({ value }) => !isDeepStrictEqual(value, first?.value))
      const write = (text?: string) =>
        writeFileSync(path, `[${section}]\n${text === undefined ? '' : `${name}=${text}\n`}`)
      write(first?.text)
      const configuration = loadConfiguration({ files: [path], env: {}, options })
      // One of yes and no has the default, and one other value.
      for (const other of second === undefined ? [undefined] : [second, undefined]) {
        write(other?.text)
        expect(configuration.reload(), label).to.deep.equal({ read: true, changed: [option], problems: [] })
        expect(configuration.get(option), label).to.deep.equal(other === undefined ? option.default : other.value)
        expect(configuration.reload().changed, label).to.deep.equal([])
      }
    }
  })
})
