/**
 * Runs all tests of the house, or the files and folders named: `npm test -- --grep x`, `npm test -- core/src/plan`.
 * All else is mocha's. Tests that are no trouble to each other run in processes of their own, at once. The last lines tell
 * what failed, and how many passed, failed and were skipped.
 */
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compiledPackages, groupsOf } from './test-groups.mjs'
import { runGroup } from './test-group.mjs'

const runMinutes = 18.5
/**
 * Groups at once, each with daemons of its own, and databases. What a test waits for leaves room for one more than
 * there are cores; more only wait for a core.
 */
const atOnce = availableParallelism() + 1

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const given = process.argv.slice(2)
const named = given.filter(argument => !argument.startsWith('-') && existsSync(argument))
const files = (named.length > 0 ? named.map(compiled) : compiledPackages(root)).flatMap(testsBelow)
const groups = groupsOf([...new Set(files)], root)

// All that this run leaves lies in one folder. Others may pass it, since the database of a daemon of root is another user's.
const folder = mkdtempSync(join(tmpdir(), 'hearth-run-'))
chmodSync(folder, 0o755)

const stop = new AbortController()
const deadline = setTimeout(() => {
  console.error(`The tests did not end within ${runMinutes} minutes.`)
  stop.abort()
}, runMinutes * 60_000)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop.abort())

const total = { passed: 0, failed: 0, skipped: 0 }
const failures = []
const waiting = [...groups]
await Promise.all(Array.from({ length: Math.min(atOnce, groups.length) }, work))
clearTimeout(deadline)

if (groups.length === 0) {
  console.error('There is no test there.')
  total.failed = 1
}
if (failures.length > 0) console.log(`\nFailed:\n\n${failures.join('\n\n')}\n`)
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed === 0 ? 0 : 1
// A database that was left to itself may still be writing its last words: what was counted is told before.
rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 })

async function work() {
  for (let group = waiting.shift(); group !== undefined && !stop.signal.aborted; group = waiting.shift()) {
    const options = given.filter(argument => !named.includes(argument))
    const result = await runGroup(group, { root, folder, options, alone: groups.length === 1, signal: stop.signal })
    for (const kind of Object.keys(total)) total[kind] += result[kind]
    failures.push(...result.failures.map(failure => `[${group.title}] ${failure}`))
  }
}

/** What the compiler makes of a source file or folder. */
function compiled(path) {
  return resolve(path).replace(`${sep}src`, `${sep}dist`).replace(/\.ts$/, '.js')
}

function testsBelow(path) {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .filter(name => name !== 'node_modules')
    .flatMap(name => testsBelow(join(path, name)))
    .filter(file => file.endsWith('.test.js'))
}
