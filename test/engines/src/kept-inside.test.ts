import { expect } from 'chai'
import { abandoned, adopted, idsOf } from './kit/adoption.js'
import type { Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { family, file, inside } from './kit/nested.js'
import { addsOne, template, test } from './kit/templates.js'
import { until } from './kit/until.js'

const scaled = template({
  g: {
    type: 'OS::Heat::AutoScalingGroup',
    properties: { min_size: 2, max_size: 4, resource: { type: 'OS::Heat::TestResource', properties: { value: 'v' } } },
  },
  up: addsOne('g'),
})

eachEngine('what is kept of a stack inside', ({ daemon, name }) => {
  const create = async (): Promise<Stack> => {
    const stack = await daemon().api().create(name(), scaled)
    await stack.reaches('CREATE_COMPLETE')
    return stack
  }
  const adopt = (data: unknown): Promise<Stack> => adopted(daemon().api(), name(), data)
  /** The members of the group, by name. */
  const members = async (stack: Stack): Promise<Record<string, string>> => idsOf(await inside(stack, 'g'))
  const grow = async (stack: Stack): Promise<Record<string, string>> => {
    expect((await stack.api.send('POST', `${stack.path}/resources/up/signal`)).status).to.equal(200)
    const group = await inside(stack, 'g')
    await group.reaches('UPDATE_COMPLETE')
    return members(stack)
  }

  it('names the members of a group that scales: an adoption takes them over, and an update leaves them', async () => {
    const stack = await create()
    const before = await grow(stack)
    expect(Object.keys(before)).to.have.length(3)
    const again = await adopt(await abandoned(stack))
    await again.reaches('ADOPT_COMPLETE')
    expect(await members(again)).to.deep.equal(before)
    await again.update(scaled)
    await again.reaches('UPDATE_COMPLETE')
    expect(await members(again)).to.deep.equal(before)
    expect(Object.keys(await grow(again)))
      .to.include.members(Object.keys(before))
      .and.have.length(4)
  })

  it('is what a restore brings a group back to: so many members, of the same names', async () => {
    const stack = await create()
    const before = Object.keys(await members(stack))
    const snapshot = (await stack.api.send('POST', `${stack.path}/snapshots`, {})).body
    await until('the snapshot', 10_000, async () => {
      const { body } = await stack.api.get(`${stack.path}/snapshots/${snapshot.id}`)
      return body.snapshot.status === 'COMPLETE' || undefined
    })
    const restore = async (): Promise<void> => {
      await stack.api.send('POST', `${stack.path}/snapshots/${snapshot.id}/restore`)
      await stack.reaches('RESTORE_COMPLETE')
      expect(Object.keys(await members(stack))).to.have.members(before)
    }
    await grow(stack)
    await restore()
    await stack.update(template({}))
    await stack.reaches('UPDATE_COMPLETE')
    await restore()
  })

  it('is adopted by an update where the adoption has failed; what is not kept is created', async () => {
    const nested = { 'inner.yaml': file({ w: test(), z: test() }) }
    const around = template({ a: test(), n: { type: 'inner.yaml', depends_on: 'a' } })
    const there = { type: 'OS::Heat::TestResource', resource_id: 'there', resource_data: { value: 'kept' } }
    const n = { type: 'inner.yaml', template: JSON.parse(nested['inner.yaml']), resources: { z: there } }
    const stack = await adopt({ template: around, environment: {}, files: nested, resources: { n } })
    await stack.reaches('ADOPT_FAILED')
    await stack.action('check')
    const { stack_status_reason } = await stack.reaches('CHECK_FAILED')
    expect(stack_status_reason).to.contain('Can not check a, resource not created yet.')
    await stack.update(around, { files: nested })
    await stack.reaches('UPDATE_COMPLETE')
    const { resources } = await family(stack)
    expect(resources.get('n/z')).to.include({ physical_resource_id: 'there', resource_status: 'ADOPT_COMPLETE' })
    expect(resources.get('n/w')).to.include({ resource_status: 'CREATE_COMPLETE' })
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })
})
