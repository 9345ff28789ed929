/**
 * Mocha's spec report, with its figures written to the file that HEARTH_TEST_REPORT names. Two faults that mocha lets pass
 * are made to fail the run: a rejection that nobody handles, and a test that leaves something open.
 */
import { writeFileSync } from 'node:fs'
import Mocha from 'mocha'

/** How long the process may take to end after the last test; the suites' own clean-up needs some of it. */
const leftoverSeconds = 30
/** Of a failure's reason, so many lines are told once more at the end of the run. */
const reasonLines = 12

process.on('unhandledRejection', reason => {
  setImmediate(() => {
    throw reason
  })
})

// So that what is to happen at the end of the process happens then, too.
process.on('SIGTERM', () => process.exit(128 + 15))

export default class Reporter extends Mocha.reporters.Spec {
  epilogue() {
    super.epilogue()
    const { passes, failures, pending } = this.stats
    const report = process.env.HEARTH_TEST_REPORT
    if (report !== undefined)
      writeFileSync(
        report,
        JSON.stringify({ passed: passes, failed: failures, skipped: pending, failures: this.failures.map(told) }),
      )
    setTimeout(() => {
      console.error(`The tests left something open: ${[...new Set(process.getActiveResourcesInfo())].join(', ')}.`)
      process.exit(1)
    }, leftoverSeconds * 1000).unref()
  }
}

/** A failure in a few lines, so that the end of a long run's output says what failed. */
function told(test) {
  const reason = test.err?.message ?? 'no reason was given'
  return `${test.fullTitle()}\n${reason.split('\n').slice(0, reasonLines).join('\n').replace(/^/gm, '    ')}`
}
