import { expect } from 'chai'
import { carryOut, LeaseLost } from './carry-out.js'
import type { Prepared, ResourceChange, Task } from './services.js'

const begin: ResourceChange = { resource: 'begin' }
const middle: ResourceChange = { resource: 'middle' }

function step(seen: string[], lose: () => void = () => undefined): Prepared {
  return {
    task: {} as Task,
    begin,
    effectless: false,
    async run(_signal, save) {
      await save(middle)
      seen.push('run')
      lose()
      return { end: { kind: 'done' } }
    },
  }
}

describe('carrying out a step', () => {
  it('writes that it begins before it runs', async () => {
    const seen: string[] = []
    const save = async ({ resource }: ResourceChange): Promise<void> => void seen.push(resource)
    expect(await carryOut(step(seen), new AbortController().signal, save)).to.deep.equal({ end: { kind: 'done' } })
    expect(seen).to.deep.equal(['begin', 'middle', 'run'])
  })

  it('writes and runs nothing once the step is lost', async () => {
    const seen: string[] = []
    const controller = new AbortController()
    const losing = carryOut(step(seen), controller.signal, async () => controller.abort('lost'))
    expect(await losing.catch(error => error)).to.be.instanceOf(LeaseLost)
    expect(seen).to.deep.equal([])
  })

  it('has no result for a step that was lost while it ran', async () => {
    const controller = new AbortController()
    const lose = (): void => controller.abort('lost')
    const losing = carryOut(step([], lose), controller.signal, async () => undefined)
    expect(await losing.catch(error => error)).to.be.instanceOf(LeaseLost)
  })

  it('goes on with a step that is only told to stop', async () => {
    const controller = new AbortController()
    controller.abort('timeout')
    expect(await carryOut(step([]), controller.signal, async () => undefined)).to.have.property('end')
  })
})
