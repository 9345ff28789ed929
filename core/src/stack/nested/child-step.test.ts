import type { StackRow } from '@hearth/db'
import { expect } from 'chai'
import type { ChildTask } from '../../resource/children.js'
import type { StackServices } from '../services.js'
import { ChildStep } from './child-step.js'

const step = new ChildStep(
  {} as StackServices,
  { task: { operation: { id: 'o' } }, resource: { id: 'r', cursor: null } } as unknown as ChildTask,
)
const by = (askedBy: string | null) => ({ askedBy }) as StackRow

describe('a step of a resource that is a stack', () => {
  it('knows what it has asked for itself, also that the stack is resumed first, which is none of its operations', () => {
    const own = [step.asker().key, step.asker(2).key, step.resumer().key]
    expect(own.map(key => step.hasAsked(by(key)))).to.deep.equal([true, true, true])
    expect(own.map(key => step.timesAsked(by(key)))).to.deep.equal([1, 3, 0])
    for (const other of [null, 'o2:r', 'resume:o2:r']) expect(step.hasAsked(by(other))).to.equal(false)
  })
})
