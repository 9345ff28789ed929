import { expect } from 'chai'
import { MemoryStack, memoryDefinition } from '../plan/memory.test.js'
import { done, type ResourceType } from '../plugin/index.js'
import { plainType } from './kit.test.js'

const called: string[] = []
const disk: ResourceType = plainType({
  name: 'Disk',
  create: async ({ resource }) => done({ physicalId: resource.id }),
  delete: async ({ resource }) => {
    called.push(`delete ${resource.name}`)
    return done()
  },
  snapshotDelete: async ({ resource }) => {
    called.push(`snapshotDelete ${resource.name}`)
    return done()
  },
})
const { snapshotDelete: _, ...plain } = disk

const policies = (type: string) => ({
  deleted: { type },
  retained: { type, deletion_policy: 'Retain' },
  saved: { type, deletion_policy: 'Snapshot' },
})

describe('a resource that is no longer wanted', () => {
  beforeEach(() => called.splice(0))

  it('is deleted, kept, or deleted with a copy, as its policy says', async () => {
    const stack = new MemoryStack([disk])
    await stack.update(memoryDefinition([disk], policies('Disk')))
    await stack.update(memoryDefinition([disk], {}))
    expect(called).to.have.members(['delete deleted', 'snapshotDelete saved'])
  })

  it('stays, with the reason, when its type has left the policy that it was made with', async () => {
    const stack = new MemoryStack([disk])
    await stack.update(memoryDefinition([disk], { saved: policies('Disk').saved }))
    stack.load([plain])
    expect(await stack.update(memoryDefinition([plain], {}))).to.deep.equal({
      failed:
        'Resource DELETE failed: NotSupported: resources.saved: The deletion policy "Snapshot" is not supported by Disk; choose Delete or Retain.',
    })
    expect(called).to.deep.equal([])
  })
})
