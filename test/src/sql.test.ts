import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

const home = fileURLToPath(new URL('../../', import.meta.url))
/**
 * Sources that must not write SQL: only `db` and the engines do, and the types that stand for something in a PostgreSQL.
 * Tests, and the bench, look into databases themselves.
 */
const sources = [
  'config/src',
  'core/src',
  'plugins/heat-resources/src',
  'plugins/standard-resources/src',
  'scripts/src',
]
const exempt = /\.test\.ts$|^scripts\/src\/bench\/|^plugins\/standard-resources\/src\/postgresql\//

/** A text that begins as a statement does, or the declaration of one. */
const sql =
  /['"`]\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+\s+AS\s|(CREATE|ALTER|DROP|TRUNCATE|LOCK)\s+(TABLE|INDEX|UNIQUE)\b)|\bstatement\s*(<[^;=]*>)?\(\s*['"`]/

/** The time of PostgreSQL itself, as a text of SQL asks for it. */
const ownTime =
  /(?<![\w.])(?:(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(\s*\)|(?:current|local)_?(?:timestamp|date|time)\b)/i
/** A text of SQL in a source; a template in it is all of its lines. */
const texts = /`[^`]*`|'[^'\n]*'|"[^"\n]*"/g
/** Rows of the schema have the time of `hearth_now()`, which the simulation replaces. What else there is, and why. */
const timed: Record<string, string> = {
  'db/src/migrate.ts': 'when a migration was applied: before there is a schema',
  'db/src/migrations/0001-before-the-flag.ts': 'declares hearth_now()',
  'db/src/silence.ts': "compares with PostgreSQL's own view of its sessions",
}

describe('SQL', () => {
  it('never says now(): it asks the one function that the simulation replaces', () => {
    const folders = ['db/src', 'core/src', 'plugins', 'scripts/src', 'examples/queue-engine/src']
    const files = folders
      .flatMap(folder => filesBelow(join(home, folder)))
      .map(file => relative(home, file))
      .filter(file => !/\.test\.ts$|\/(node_modules|dist)\//.test(file))
    expect(files).to.include('plugins/convergence-engine/src/sql/complete.ts')
    const saying = files.filter(file => {
      const found = readFileSync(join(home, file), 'utf8').match(texts) ?? []
      return found.some(text => /[A-Z]{2}/.test(text) && ownTime.test(text))
    })
    expect(saying).to.have.members(Object.keys(timed))
    for (const text of ['SET at = now()', 'DEFAULT CURRENT_TIMESTAMP', 'at > clock_timestamp() - $1'])
      expect(ownTime.test(text), text).to.equal(true)
    for (const text of ['SET at = hearth_now()', 'clock.now()', 'the current time'])
      expect(ownTime.test(text), text).to.equal(false)
  })

  it('is written by db and by the engines only', () => {
    const files = sources.flatMap(folder => filesBelow(join(home, folder))).map(file => relative(home, file))
    expect(files).to.include('core/src/stack/create.ts')
    const writing = files.filter(file => !exempt.test(file) && sql.test(readFileSync(join(home, file), 'utf8')))
    expect(writing, 'Ask a store of db instead').to.deep.equal([])
  })

  it('is told from words that only look like it', () => {
    for (const text of [
      `db.query('SELECT 1')`,
      'query(`\n  SELECT id FROM stack`)',
      `"UPDATE stack SET name = 'x'"`,
      `'DELETE FROM event'`,
      '`WITH a AS (SELECT 1)`',
      `'INSERT INTO event VALUES (1)'`,
      `statement<{ id: string }>('find', text)`,
    ])
      expect(sql.test(text), text).to.equal(true)
    for (const text of [
      `'UPDATE'`,
      '`DELETE ${id}`',
      `'CREATE aborted (Timed out)'`,
      `'UPDATE started'`,
      `a statement (of it)`,
    ])
      expect(sql.test(text), text).to.equal(false)
  })
})

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesBelow(path) : entry.name.endsWith('.ts') ? [path] : []
  })
