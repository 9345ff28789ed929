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

describe('SQL', () => {
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
