/**
 * Runs all tests of the house, or the files and folders named: `npm test -- --grep x`, `npm test -- core/src/plan`.
 * All else is mocha's. The last line tells how many passed, failed and were skipped.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const runMinutes = 16

/** What the suites of the conformance kit run on; HEARTH_ENGINE names others. */
const engines = ['legacy', 'convergence']

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const given = process.argv.slice(2)
const named = given.filter(argument => !argument.startsWith('-') && existsSync(argument))
const files = (named.length > 0 ? named.map(compiled) : packages().map(path => join(root, path, 'dist'))).flatMap(
  testsBelow,
)

const folder = mkdtempSync(join(tmpdir(), 'hearth-report-'))
const report = join(folder, 'report.json')
const globals = join(root, 'test', 'dist', 'global.js')

const child = spawn(
  process.execPath,
  [
    '--enable-source-maps',
    join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'),
    '--no-config',
    '--no-package',
    '--fail-zero',
    '--timeout=30000',
    `--reporter=${join(root, 'scripts', 'test-reporter.mjs')}`,
    ...(existsSync(globals) ? [`--require=${globals}`] : []),
    ...given.filter(argument => !named.includes(argument)),
    ...new Set(files),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { HEARTH_ENGINE: engines.join(','), ...process.env, HEARTH_TEST_REPORT: report },
  },
)
const deadline = setTimeout(() => {
  console.error(`The tests did not end within ${runMinutes} minutes.`)
  child.kill('SIGTERM')
  setTimeout(() => child.kill('SIGKILL'), 10_000).unref()
}, runMinutes * 60_000)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  clearTimeout(deadline)
  const counts = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : { passed: 0, failed: 0, skipped: 0 }
  rmSync(folder, { recursive: true, force: true })
  if (code !== 0 && counts.failed === 0) {
    console.error(`The run itself failed (${code ?? signal}).`)
    counts.failed = 1
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  process.exitCode = counts.failed === 0 ? 0 : 1
})

function packages() {
  return JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).references.map(({ path }) => path)
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
    .flatMap(name => testsBelow(join(path, name)))
    .filter(file => file.endsWith('.test.js'))
}
