import type { Verdict } from '@hearth/core/use-cases'
import { expect } from 'chai'
import { leftOf, reportOf } from './migration-report.js'
import { barOf, Progress } from './progress.js'

describe('the report of a migration', () => {
  const root = (id: string) => ({ id, project: 'p', name: `stack-${id}`, engine: 'legacy' })
  const chosen = {
    roots: ['1', '2', '3', '4', '5'].map(root),
    unclear: [{ word: 'web', reason: 'no live stack has this name or id' }],
  }
  const verdicts = new Map<string, Verdict>([
    ['1', { kind: 'moved', from: 'legacy', stacks: 2, resources: 1 }],
    ['2', { kind: 'busy', reason: 'UPDATE of stack-2 is under way' }],
    ['3', { kind: 'already' }],
    ['4', { kind: 'gone' }],
  ])

  it('has a row for each that was tried, and the sum', () => {
    expect(reportOf(chosen, verdicts, { to: 'convergence', dryRun: false }).split('\n')).to.deep.equal([
      'PROJECT  STACK    ID  ENGINE  RESULT',
      'p        stack-1  1   legacy  moved: 2 stacks, 1 resource',
      'p        stack-2  2   legacy  left: UPDATE of stack-2 is under way',
      'p        stack-3  3   legacy  already on convergence',
      'p        stack-4  4   legacy  deleted meanwhile',
      '         web                  left: no live stack has this name or id',
      '1 moved to convergence, 2 left, 1 not tried; run it again.',
    ])
    expect(leftOf(chosen, verdicts)).to.equal(2)
  })

  it('is a sum alone when there is nothing to move', () => {
    const none = { roots: [], unclear: [] }
    expect(reportOf(none, new Map(), { to: 'x', dryRun: true })).to.equal('0 can be moved to x, 0 left.')
  })
})

describe('a progress bar', () => {
  it('says how far it is, and how fast', () => {
    expect(barOf(40, 200, 2)).to.equal(`[######${'.'.repeat(24)}]  40/200, 20 a second`)
    expect(barOf(0, 5, 0)).to.equal(`[${'.'.repeat(30)}] 0/5`)
  })

  it('is shown on a terminal only, for many, ten times a second at most, and wiped in the end', () => {
    const drawn = (isTTY: boolean, total: number): string[] => {
      const written: string[] = []
      let now = 0
      const progress = new Progress({ isTTY, write: text => written.push(text) }, total, () => now)
      for (let done = 0; done < total; done++) {
        now += 20
        progress.tick()
      }
      progress.end()
      return written
    }
    expect(drawn(false, 50)).to.deep.equal([])
    expect(drawn(true, 3)).to.deep.equal([])
    const lines = drawn(true, 50)
    expect(lines).to.have.length(12)
    expect(lines.at(-2)).to.include('50/50')
    expect(lines.at(-1)).to.equal('\r\u001b[K')
  })
})
