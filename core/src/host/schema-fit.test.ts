import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Queryable } from '@hearth/db'
import { expect } from 'chai'
import { SchemaFit } from './schema-fit.js'

describe('A schema that was migrated by force', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-migrations-'))
  after(() => rmSync(folder, { recursive: true }))

  it('is too new for a daemon that was up, also if its package was upgraded in place', async () => {
    writeFileSync(join(folder, '0001-first.js'), '')
    const rows = [{ name: 'p/0001-first', breaking: false }]
    const db = {
      query: async (sql: string) => (sql.includes('to_regclass') ? [{ found: 'hearth_migration' }] : rows),
    } as unknown as Queryable
    const said: string[] = []
    let now = 0
    const line = { name: 'p', folder: pathToFileURL(`${folder}/`) }
    const log = { error: (_fields: object, message: string) => void said.push(message) }
    const fit = new SchemaFit(db, [line], { now: () => now }, log)
    const asked = async (): Promise<string | undefined> => {
      now += 10_000
      expect(fit.trouble).to.equal(undefined)
      for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve))
      return fit.trouble
    }
    expect(await asked()).to.equal(undefined)
    writeFileSync(join(folder, '0002-second.js'), '')
    rows.push({ name: 'p/0002-second', breaking: true })
    expect(await asked()).to.match(/newer schema that this version cannot work with \(p\/0002-second\)/)
    expect(said).to.have.length(1)
  })
})
