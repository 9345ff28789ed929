import { expect } from 'chai'
import type { Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { template, test, value } from './kit/templates.js'

/** Resources that wait for one, and for which one waits. */
const width = 200
const patience = 60_000

const wide = (text: string, more: Record<string, unknown> = {}) => {
  const leaves = Array.from({ length: width }, (_, index) => `leaf${index}`)
  return template(
    {
      root: test({ value: text }),
      ...Object.fromEntries(leaves.map(leaf => [leaf, test({ value: { get_attr: ['root', 'output'] } })])),
      top: value({ list_join: ['', leaves.map(leaf => ({ get_attr: [leaf, 'output'] }))] }),
      ...(more as object),
    },
    { top: { get_attr: ['top', 'value'] } },
  )
}

eachEngine('a large stack', ({ daemon, name }) => {
  it('goes through every operation whole', async function () {
    this.timeout(10 * patience)
    const stack = await daemon().api().create(name(), wide('a'))
    const reaches = async (status: string, each: string, text: string): Promise<void> => {
      await stack.reaches(status, patience)
      const resources = Object.values(await stack.resources())
      expect(resources).to.have.length(width + 2)
      expect([...new Set(resources.map(({ resource_status }) => resource_status))], status).to.deep.equal([each])
      expect(await stack.outputs()).to.deep.equal({ top: text.repeat(width) })
    }
    const acts = async (action: string): Promise<void> => {
      await stack.action(action)
      const done = `${action.toUpperCase()}_COMPLETE`
      await reaches(done, done, 'b')
    }
    await reaches('CREATE_COMPLETE', 'CREATE_COMPLETE', 'a')
    await stack.update(wide('b'))
    await reaches('UPDATE_COMPLETE', 'UPDATE_COMPLETE', 'b')
    await acts('check')
    await acts('suspend')
    await acts('resume')
    await stack.api.send('POST', `${stack.path}/snapshots`, {})
    await reaches('SNAPSHOT_COMPLETE', 'SNAPSHOT_COMPLETE', 'b')

    const bad = { bad: test({ fail: true }, { depends_on: 'top' }) }
    await stack.update(wide('c', bad), { disable_rollback: false })
    await reaches('ROLLBACK_COMPLETE', 'UPDATE_COMPLETE', 'b')
    await stack.update(wide('d'))
    await reaches('UPDATE_COMPLETE', 'UPDATE_COMPLETE', 'd')
    await restore(stack)
    await reaches('RESTORE_COMPLETE', 'UPDATE_COMPLETE', 'b')
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE', patience)
    expect(await stack.resources()).to.deep.equal({})
  })
})

async function restore(stack: Stack): Promise<void> {
  const [{ id }] = (await stack.api.get(`${stack.path}/snapshots`)).body.snapshots
  await stack.api.send('POST', `${stack.path}/snapshots/${id}/restore`)
}
