import { expect } from 'chai'
import { chaos } from './chaos/chaos.js'
import { operationsOf, report } from './chaos/report.js'

const deadlineMs = 300_000
/** A storm that has not done so much has shown nothing. */
const leastOperations = 20

describe('a cluster whose processes are killed, paused and restarted under load', () => {
  for (const { engine, stormMs } of [
    { engine: 'convergence', stormMs: 20_000 },
    { engine: 'legacy', stormMs: 8_000 },
  ] as const) {
    it(`comes to rest, mends and leaves nothing, on ${engine}`, async function () {
      this.timeout(deadlineMs)
      const seed = Number(process.env.HEARTH_SEED ?? Date.now() % 1_000_000)
      const outcome = await chaos({ engine, seed, stormMs })
      const text = `HEARTH_SEED=${seed}\n${report(outcome)}`
      expect(outcome.problems, text).to.deep.equal([])
      expect(operationsOf(outcome), text).to.be.at.least(leastOperations)
      console.log(`      seed ${seed}: ${operationsOf(outcome)} operations, ${outcome.starts} processes`)
    })
  }
})
