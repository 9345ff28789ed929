import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { namesOf } from './names.js'
import { newPlugin } from './new.js'

describe('a new plugin', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'hearth-new-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('names its parts after its package', () => {
    expect(namesOf('@acme/hearth-tape-robot')).to.deep.equal({
      packageName: '@acme/hearth-tape-robot',
      plain: 'tape-robot',
      className: 'TapeRobot',
      typeName: 'Acme::TapeRobot',
    })
    expect(namesOf('hearth-spool-engine')).to.include({ plain: 'spool', typeName: 'Custom::Spool' })
  })

  it('has a name that npm takes', () => {
    for (const name of ['Tape', '@acme', 'hearth-', 'hearth', '../tape', '@acme/', ''])
      expect(() => namesOf(name), name).to.throw(/is no name for a plugin: expected an npm package/)
  })

  it('is the example, with nothing left of its names', () => {
    const there = join(folder, 'tape')
    const files = newPlugin('@acme/hearth-tape', 'resource-type', there)
    expect(files).to.include.members(['README.md', 'package.json', 'src/tape.ts', 'src/tape.test.ts', 'tsconfig.json'])
    const text = files.map(file => readFileSync(join(there, file), 'utf8')).join('\n')
    expect(text)
      .to.match(/name: 'Acme::Tape'/)
      .and.not.match(/hearth-note|Acme::Disk|note\.js/)
    expect(() => newPlugin('@acme/hearth-tape', 'resource-type', there)).to.throw(/is not empty/)
  })

  it('has an engine with tables, options and messages of its own name', () => {
    const there = join(folder, 'spool')
    const files = newPlugin('@acme/hearth-spool-engine', 'engine', there)
    const text = files.map(file => readFileSync(join(there, file), 'utf8')).join('\n')
    expect(text)
      .to.match(/name = 'spool'/)
      .and.to.match(/option\('spool'/)
      .and.to.match(/new StoredPlans\('spool'\)/)
    expect(text).not.to.match(/hearth-queue|QueueEngine|hearth_queue|\bqueue_|'queue['-]|['`]queue: /)
  })
})
