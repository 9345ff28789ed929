import { expect } from 'chai'
import type { VisitStep } from '../plugin/index.js'
import { decideVisit } from './decide-visit.js'

const was = (state: string) => {
  const [action = '', status = ''] = state.split(' ')
  return {
    name: 'r',
    type: 'T',
    action,
    status,
    requires: [],
    deletionPolicy: 'Delete',
    physicalId: null,
    externalId: null,
  }
}
const usual = { supported: true, behindFailure: false, passesOver: false }
const decided = (step: VisitStep, state: string, more: Partial<Parameters<typeof decideVisit>[2]> = {}): string =>
  decideVisit(step, was(state), { ...usual, ...more }).do

describe('what a visit does with a resource', () => {
  it('suspends what is COMPLETE, or goes on with a suspend', () => {
    for (const state of ['CREATE COMPLETE', 'CHECK COMPLETE', 'SUSPEND FAILED', 'SUSPEND IN_PROGRESS']) {
      expect(decided('suspend', state)).to.equal('call')
    }
    for (const state of ['CREATE FAILED', 'DELETE COMPLETE', 'UPDATE IN_PROGRESS']) {
      expect(decided('suspend', state)).to.equal('refuse')
    }
  })

  it('resumes what is suspended, or was to be resumed', () => {
    for (const state of ['SUSPEND COMPLETE', 'RESUME FAILED', 'RESUME COMPLETE', 'RESUME IN_PROGRESS']) {
      expect(decided('resume', state)).to.equal('call')
    }
    for (const state of ['CREATE COMPLETE', 'CHECK FAILED']) expect(decided('resume', state)).to.equal('refuse')
    expect(decideVisit('resume', was('CREATE COMPLETE'), { ...usual, supported: false })).to.deep.equal({
      do: 'refuse',
      reason: "Error: resources.r: State ('CREATE', 'COMPLETE') invalid for resume",
    })
  })

  it('resumes what a suspend has left half way, and passes over what it did not come to', () => {
    for (const passesOver of [true, false]) {
      for (const state of ['SUSPEND FAILED', 'SUSPEND IN_PROGRESS']) {
        expect(decided('resume', state, { passesOver })).to.equal('call')
      }
    }
    for (const state of ['CREATE COMPLETE', 'CHECK FAILED', 'UPDATE FAILED', 'DELETE FAILED']) {
      expect(decided('resume', state, { passesOver: true })).to.equal('nothing')
      expect(decided('suspend', state, { passesOver: true })).to.equal(decided('suspend', state))
    }
  })

  it('leaves alone what was never created; a check that could look says so', () => {
    for (const step of ['suspend', 'resume', 'snapshot'] as const) {
      expect(decided(step, 'INIT COMPLETE')).to.equal('nothing')
    }
    expect(decided('check', 'INIT COMPLETE')).to.equal('fail')
    expect(decided('check', 'INIT COMPLETE', { supported: false })).to.equal('nothing')
  })

  it('does not look at what could not be adopted: nothing was made instead', () => {
    expect(decideVisit('check', was('ADOPT FAILED'), usual)).to.deep.equal({
      do: 'fail',
      reason: 'Exception: resources.r: Can not check r, resource not created yet.',
    })
    const outside = { ...was('ADOPT FAILED'), externalId: 'x' }
    expect(decideVisit('check', outside, usual).do).to.equal('call')
    expect(decided('check', 'ADOPT IN_PROGRESS')).to.equal('call')
  })

  it('checks whatever its state, but not behind a failure, and takes no word for what is FAILED', () => {
    for (const state of ['CREATE COMPLETE', 'UPDATE FAILED', 'CHECK FAILED']) {
      expect(decided('check', state)).to.equal('call')
      expect(decided('check', state, { behindFailure: true })).to.equal('nothing')
    }
    expect(decided('check', 'CREATE COMPLETE', { supported: false })).to.equal('pass')
    expect(decided('check', 'CREATE FAILED', { supported: false })).to.equal('nothing')
  })
})
