import { expect } from 'chai'
import { MemoryStack, memoryDefinition } from '../plan/memory.test.js'
import { done, type ResourceType, type Task } from '../plugin/index.js'
import type { Loaded } from './batch.js'
import type { Change } from './rows/change.js'
import { prepareCleanup } from './cleanup.js'
import { incarnation, plainType } from './kit.test.js'
import type { LifecycleParts } from './lifecycle.js'
import { Secrets } from './secrets/secrets.js'
import { typeRegistry } from './types.js'

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

  it('is deleted to the end once that has begun, though it is the resource of its name again; else it stays', async () => {
    const definition = memoryDefinition([disk], { a: { type: 'Disk' } })
    const cleaned = async (action: string, status: string) => {
      const row = incarnation({ type: 'Disk', physicalId: 'there', action, status })
      const stack = { id: 'stack', rootId: 'stack', project: 'demo', name: 's' }
      const operation = { action: 'UPDATE', stack, template: 't', previous: null, timeoutSeconds: 60 }
      const task = { key: 'k', resource: row.id, step: 'cleanup', operation } as unknown as Task
      // Its replacement has gone meanwhile.
      const loaded = { task, incarnation: row, definition, find: () => row } as unknown as Loaded
      const parts = { types: typeRegistry([disk]), secrets: new Secrets('of a test'), now: () => 0 }
      const prepared = prepareCleanup(loaded, parts as unknown as LifecycleParts)
      const { end, change } = await prepared.run(new AbortController().signal, async () => undefined)
      return { end: end.kind, removed: (change as Change | undefined)?.toWrite(parts.secrets).remove === true }
    }
    expect(await cleaned('CREATE', 'COMPLETE')).to.deep.equal({ end: 'done', removed: false })
    expect(called).to.deep.equal([])
    expect(await cleaned('DELETE', 'IN_PROGRESS')).to.deep.equal({ end: 'done', removed: true })
    expect(called).to.deep.equal(['delete a'])
  })
})
