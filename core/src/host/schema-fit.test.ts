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

  it('is found once to be too new for a daemon that was up, also if its package was upgraded in place', async () => {
    writeFileSync(join(folder, '0001-first.js'), '')
    const rows = [{ name: 'p/0001-first', breaking: false }]
    const db = {
      query: async (sql: string) => (sql.includes('to_regclass') ? [{ found: 'hearth_migration' }] : rows),
    } as unknown as Queryable
    const said: string[] = []
    const unsaid = (): void => undefined
    const log = { debug: unsaid, info: unsaid, warn: unsaid, error: (_: object, text: string) => void said.push(text) }
    let due: (() => void) | undefined
    const clock = { now: () => 0, after: (_: number, fn: () => void) => ((due = fn), unsaid) }
    let told = 0
    const migrations = [{ name: 'p', folder: pathToFileURL(`${folder}/`) }]
    const fit = new SchemaFit({ db, migrations, clock, log, tooNew: async () => void told++ })
    fit.start()
    /** Resolves when the next look is planned. */
    const look = async (): Promise<string | undefined> => {
      const one = due
      one?.()
      while (due === one) await new Promise(resolve => setImmediate(resolve))
      return fit.trouble
    }
    expect(await look()).to.equal(undefined)
    writeFileSync(join(folder, '0002-second.js'), '')
    rows.push({ name: 'p/0002-second', breaking: true })
    const older = /newer schema that this version cannot work with \(p\/0002-second\)/
    expect(await look()).to.match(older)
    expect(await look()).to.match(older)
    expect(told).to.equal(1)
    expect(said).to.have.length(1)
    await fit.stop()
  })
})
