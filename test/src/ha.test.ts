import { expect } from 'chai'
import { paces } from './ha/configuration.js'
import { failover } from './ha/failover.js'
import { findPrograms, missingPackages, type Programs } from './ha/programs.js'

const deadlineMs = 240_000
const resources = 200
const programs = findPrograms()
const missing = missingPackages(programs)

describe('PostgreSQL whose primary is killed in the middle of a create', () => {
  if (missing.length > 0) {
    it(`is not installed here as Patroni needs it (${missing.join(', ')}): not tested`)
    return
  }

  it('loses nothing that was accepted or seen complete, and the daemons go on by themselves', async function () {
    this.timeout(deadlineMs)
    const outcome = await failover({
      programs: programs as Programs,
      fault: 'kill',
      pace: paces.fast,
      nodes: 3,
      workers: 2,
      resources,
      seed: Number(process.env.HEARTH_SEED ?? Date.now() % 1_000_000),
      keep: false,
      progress: () => undefined,
    })
    expect(outcome.problems).to.deep.equal([])
    expect(outcome.completeBefore).to.be.within(1, resources - 1)
    expect(outcome.accepted).to.be.greaterThan(1)
  })
})
