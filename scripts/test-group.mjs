/** Runs one group of tests in a mocha of its own. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** How long mocha may take to end once it is asked to, in milliseconds. */
const stopMs = 10_000
/** A case may take so long, in milliseconds, on a machine with much else to do, unless it says otherwise. */
const caseMs = 90_000
let count = 0

/**
 * @param alone its output is shown as it comes; else when it has ended, so that groups do not mix.
 * @param folder of temporary files; what is in it is removed after the run.
 * @returns how many tests passed, failed and were skipped, and what is to be told of the failures; a run that broke counts
 *   as one more that failed.
 */
export async function runGroup({ title, files, env }, { root, folder, options, alone, signal }) {
  const report = join(folder, `report-${++count}.json`)
  const began = performance.now()
  const child = spawn(
    process.execPath,
    [
      '--enable-source-maps',
      join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'),
      '--no-config',
      '--no-package',
      '--fail-zero',
      `--timeout=${caseMs}`,
      `--reporter=${join(root, 'scripts', 'test-reporter.mjs')}`,
      ...(process.stdout.isTTY ? ['--color'] : []),
      ...options,
      ...files,
    ],
    {
      cwd: root,
      stdio: ['ignore', ...(alone ? ['inherit', 'inherit'] : ['pipe', 'pipe'])],
      env: { ...process.env, ...env, HEARTH_TEST_REPORT: report, TMPDIR: folder },
    },
  )
  const output = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => output.push(chunk))
  const stop = () => {
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), stopMs).unref()
  }
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  const end = await new Promise(done => child.on('close', (code, killed) => done(code ?? killed)))
  signal.removeEventListener('abort', stop)

  if (!alone) {
    console.log(`\n== ${title}: ${Math.round((performance.now() - began) / 1000)} s`)
    process.stdout.write(Buffer.concat(output))
  }
  const result = existsSync(report)
    ? JSON.parse(readFileSync(report, 'utf8'))
    : { passed: 0, failed: 0, skipped: 0, failures: [] }
  if (end === 0 || result.failed > 0) return result
  return { ...result, failed: 1, failures: [`The run of ${title} itself failed (${end}).`] }
}
