import { expect } from 'chai'
import type { OperationEnd, StackAction } from '../plugin/index.js'
import { reaches, verdict } from './state.js'

const actions: readonly StackAction[] = [
  ...['CREATE', 'ADOPT', 'UPDATE', 'RESTORE', 'ROLLBACK', 'DELETE'],
  ...['SUSPEND', 'RESUME', 'CHECK', 'SNAPSHOT'],
] as StackAction[]

describe("a stack's state", () => {
  it("is COMPLETE, with Heat's words, when an operation completes", () => {
    for (const action of actions) {
      expect(verdict(action, { kind: 'complete' }, true)).to.deep.equal({
        status: 'COMPLETE',
        reason: `Stack ${action} completed successfully`,
      })
    }
  })

  it('is FAILED with the reason, and rolls back only what brings it to a new definition, if that is to be', () => {
    const ends: OperationEnd[] = [{ kind: 'failed', reason: 'why' }, { kind: 'timeout' }]
    for (const action of actions) {
      for (const end of ends) {
        for (const wanted of [true, false]) {
          const { status, reason, rollback } = verdict(action, end, wanted)
          expect(status).to.equal('FAILED')
          expect(reason).to.equal(end.kind === 'failed' ? 'why' : 'Timed out')
          expect(rollback).to.equal(
            wanted && ['CREATE', 'ADOPT', 'UPDATE', 'RESTORE'].includes(action) ? 'after-failure' : undefined,
          )
        }
      }
    }
  })

  it('reaches its template by what leads to one, and comes to the end', () => {
    const toward = ['CREATE', 'ADOPT', 'UPDATE', 'RESTORE', 'ROLLBACK', 'DELETE']
    for (const action of actions) {
      expect(reaches(action, 'COMPLETE'), action).to.equal(toward.includes(action))
      expect(reaches(action, 'FAILED'), action).to.equal(false)
    }
  })

  it('after a cancel goes by the cancel, whatever the stack says of rollback', () => {
    for (const wanted of [true, false]) {
      expect(verdict('UPDATE', { kind: 'cancelled', rollback: true }, wanted).rollback).to.equal('directly')
      const { reason, rollback } = verdict('UPDATE', { kind: 'cancelled', rollback: false }, wanted)
      expect([reason, rollback]).to.deep.equal(['Stack UPDATE cancelled', undefined])
    }
  })

  it('never rolls back after a crash', () => {
    for (const action of actions) {
      expect(verdict(action, { kind: 'crashed' }, true)).to.deep.equal({
        status: 'FAILED',
        reason: `Engine went down during stack ${action}`,
      })
    }
  })
})
