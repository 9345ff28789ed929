import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { contextOf, failureOf, surroundings } from '../testing/context.js'
import { directory } from './directory.js'
import { root } from './options.js'

describe('Hearth::File::Directory', () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'directory-'))))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const type = () => directory(surroundings([[root, folder]]))
  const properties = { path: 'x', mode: '0700', purge: true }
  const at = (name: string): string => join(folder, name)

  it('has its mode even if the call that made it broke off before it set it', async () => {
    mkdirSync(at('demo/x'), { recursive: true, mode: 0o755 })
    await type().create(contextOf(properties, { physicalId: 'demo/x.hearth-r' }))
    expect(statSync(at('demo/x')).mode & 0o777).to.equal(0o700)
  })

  it('of another project is neither changed nor removed nor looked at, whatever its id says', async () => {
    mkdirSync(at('victim/x/inside'), { recursive: true })
    const before = statSync(at('victim/x')).mode
    for (const physicalId of ['victim/x', 'victim/x.hearth-r']) {
      const context = contextOf(properties, { physicalId })
      for (const step of [type().update, type().delete, type().check, type().adopt])
        expect(await failureOf(() => step?.(context))).to.include('not of this project')
    }
    expect(readdirSync(at('victim/x'))).to.deep.equal(['inside'])
    expect(statSync(at('victim/x')).mode).to.equal(before)
  })
})
