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
    expect(namesOf('@acme/hearth-tape-robot', 'resource-type')).to.deep.equal({
      packageName: '@acme/hearth-tape-robot',
      plain: 'tape-robot',
      className: 'TapeRobot',
      typeName: 'Acme::TapeRobot',
    })
    expect(namesOf('hearth-spool-engine', 'engine')).to.include({ plain: 'spool', typeName: 'Custom::Spool' })
  })

  it('has a name that npm takes', () => {
    for (const name of ['Tape', '@acme', 'hearth-', 'hearth', '../tape', '@acme/', ''])
      expect(() => namesOf(name, 'engine'), name).to.throw(/is no name for a plugin: expected an npm package/)
  })

  it('has no name of which a part means something else already', () => {
    for (const name of ['hearth-legacy-engine', '@acme/convergence-engine', 'hearth-true-engine', 'hearth-off'])
      expect(() => namesOf(name, 'engine'), name).to.throw(/'\w+' means something else already/)
    expect(() => namesOf('hearth-index', 'resource-type')).to.throw("'index' means something else already")
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

  it('depends on what it is provided with, and says where that is', () => {
    const there = join(folder, 'given')
    newPlugin('@acme/hearth-given', 'resource-type', there, () => ({ '@hearth/core': 'file:hearth/core.tgz' }))
    const { devDependencies, peerDependencies } = JSON.parse(readFileSync(join(there, 'package.json'), 'utf8'))
    expect(devDependencies).to.include({ '@hearth/core': 'file:hearth/core.tgz' })
    expect(peerDependencies).to.have.property('@hearth/core')
    expect(readFileSync(join(there, 'README.md'), 'utf8')).to.contain('Hearth is in `hearth/`')
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
