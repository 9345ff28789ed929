import { expect } from 'chai'
import { StackTurns } from './turns.js'

const late = (): Error => new Error('late')

describe('Turns at a stack', () => {
  const turns = new StackTurns({ after: () => () => undefined })

  it('come one after the other, also after one that failed, and at other stacks at once', async () => {
    const told: string[] = []
    let release = (): void => undefined
    const held = new Promise<void>(resolve => (release = resolve))
    const say = (what: string) => async (): Promise<string> => {
      told.push(what)
      return what
    }
    const first = turns.take('a', () => held.then(() => Promise.reject(new Error('no'))), late)
    const others = [turns.take('a', say('second'), late), turns.take('a', say('third'), late)]
    expect(await turns.take('b', say('other'), late)).to.equal('other')
    expect(told).to.deep.equal(['other'])
    release()
    expect(await first.catch((error: Error) => error.message)).to.equal('no')
    expect(await Promise.all(others)).to.deep.equal(['second', 'third'])
  })

  it('are not waited for longer than clients are patient', async () => {
    const hasty = new StackTurns({ after: (_, work) => (work(), () => undefined) })
    void hasty.take('a', () => new Promise(() => undefined), late)
    expect(await hasty.take('a', async () => 'done', late).catch((error: Error) => error.message)).to.equal('late')
  })
})
