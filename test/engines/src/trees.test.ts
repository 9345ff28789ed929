import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { abandoned, adopted } from './kit/adoption.js'
import type { Body, Stack } from './kit/api.js'
import { drawerOf } from './kit/drawer.js'
import { eachEngine } from './kit/engines.js'
import { family, file, inside, insideSoon } from './kit/nested.js'
import { temporaryFolder } from './kit/state.js'
import { aWhile, random, type Resource, template, test } from './kit/templates.js'

/** Two levels of files, and a group of which a member was removed. A delete of what is inside would take an hour. */
const tree = {
  content: template(
    {
      mid: { type: 'mid.yaml', properties: { text: 'given' } },
      group: {
        type: 'OS::Heat::ResourceGroup',
        properties: {
          count: 2,
          resource_def: { type: 'OS::Heat::RandomString' },
          removal_policies: [{ resource_list: ['0'] }],
        },
      },
    },
    { key: { get_attr: ['mid', 'key'] }, members: { get_attr: ['group', 'refs_map'] } },
  ),
  files: {
    'mid.yaml': file(
      {
        made: test({ value: { get_param: 'text' }, action_wait_secs: { delete: 3600 } }, { metadata: { note: 'n' } }),
        low: { type: 'low.yaml' },
      },
      { key: { get_attr: ['low', 'key'] } },
      { text: { type: 'string' } },
    ),
    'low.yaml': file({ key: random() }, { key: { get_attr: ['key', 'value'] } }),
  },
}

const withIds = async (stack: Stack) => {
  const { resources } = await family(stack)
  const isStack = (one: Body): boolean => one.links.some(({ rel }: { rel: string }) => rel === 'nested')
  return new Map([...resources].flatMap(([path, one]) => (isStack(one) ? [] : [[path, one.physical_resource_id]])))
}

eachEngine('a tree of stacks', ({ daemon, name }) => {
  const created = async () => {
    const stack = await daemon().api().create(name(), tree.content, { files: tree.files })
    await stack.reaches('CREATE_COMPLETE')
    return stack
  }
  const adopt = (data: unknown, more: object = {}) => adopted(daemon().api(), name(), data, more)

  it('is abandoned whole, and adopted again: nothing is deleted, nothing is made', async () => {
    const stack = await created()
    const mid = await inside(stack, 'mid')
    const low = await inside(mid, 'low')
    const before = { ids: await withIds(stack), outputs: await stack.outputs() }
    const exported = (await stack.api.get(`${stack.path}/export`)).body
    const data = await abandoned(stack)
    expect(data).to.deep.equal(exported)
    // The data of the stack inside, in the place of its resource.
    expect(data.resources.mid).to.deep.include({
      name: mid.name,
      id: mid.id,
      action: 'CREATE',
      status: 'COMPLETE',
      template: JSON.parse(tree.files['mid.yaml']),
      type: 'mid.yaml',
    })
    expect(data.resources.mid.environment.parameters).to.deep.equal({ text: 'given' })
    expect(data.resources.mid.resources.low.resources.key.resource_data).to.deep.equal({ value: before.outputs.key })
    for (const one of [mid, low]) expect((await one.show()).stack_status).to.equal('DELETE_COMPLETE')

    const again = await adopt(data)
    await again.reaches('ADOPT_COMPLETE')
    expect({ ids: await withIds(again), outputs: await again.outputs() }).to.deep.equal(before)
    const child = await inside(again, 'mid')
    expect(await child.show()).to.include({ stack_status: 'ADOPT_COMPLETE', parent: again.id })
    expect((await again.api.get(`${child.path}/resources/made/metadata`)).body.metadata).to.deep.equal({ note: 'n' })
    // It is a tree like any other: the member that was removed stays so.
    await again.update(tree.content, { files: tree.files })
    await again.reaches('UPDATE_COMPLETE')
    expect({ ids: await withIds(again), outputs: await again.outputs() }).to.deep.equal(before)
    await abandoned(again)
  })

  it('may come from Heat; what is missing of a stack inside fails, and a rollback forgets the whole', async () => {
    const stack = await created()
    const { outputs, ids } = { outputs: await stack.outputs(), ids: await withIds(stack) }
    const data = await abandoned(stack)
    const { resource_id: _, type: _type, metadata: _metadata, resource_data: _data, ...mid } = data.resources.mid
    const fromHeat = { ...data, resources: { ...data.resources, mid } }
    const again = await adopt(fromHeat)
    await again.reaches('ADOPT_COMPLETE')
    expect((await again.outputs()).key).to.equal(outputs.key)
    await abandoned(again)

    const { made: _made, ...others } = mid.resources
    const broken = { ...fromHeat, resources: { ...data.resources, mid: { ...mid, resources: others } } }
    const failed = await adopt(broken)
    expect((await failed.reaches('ADOPT_FAILED')).stack_status_reason).to.equal(
      'Resource ADOPT failed: Exception: resources.mid.resources.made: Resource ID was not provided.',
    )
    // What was given is taken all the same, and the rest is made, by the update that mends it.
    await failed.update(tree.content, { files: tree.files })
    await failed.reaches('UPDATE_COMPLETE')
    expect((await withIds(failed)).get('low/key')).to.equal(ids.get('low/key'))
    await abandoned(failed)

    const rolled = await adopt(broken, { disable_rollback: false })
    await rolled.reaches('ROLLBACK_COMPLETE')
    expect((await family(rolled)).resources.size).to.equal(0)
    await rolled.delete()
    await rolled.reaches('DELETE_COMPLETE')
  })

  it('is neither abandoned nor kept in a snapshot while something runs inside', async () => {
    const slow = file({ a: test({ action_wait_secs: { update: 600 }, value: { get_param: 'text' } }) }, {}, text)
    const stack = await daemon()
      .api()
      .create(name(), template({ nest: { type: 'slow.yaml' } }), { files: { 'slow.yaml': slow } })
    await stack.reaches('CREATE_COMPLETE')
    const nested = await inside(stack, 'nest')
    await nested.api.send('PATCH', nested.path, { existing: true, parameters: { text: 'two' } })
    await nested.resourceReaches('a', 'UPDATE_IN_PROGRESS')
    for (const [method, path] of [
      ['DELETE', 'abandon'],
      ['POST', 'snapshots'],
    ] as const) {
      const { status, body } = await stack.api.send(method, `${stack.path}/${path}`, {})
      expect([status, body.error.message]).to.deep.equal([
        409,
        `Stack ${nested.name} already has an action (UPDATE) in progress.`,
      ])
    }
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('is kept in a snapshot whole, and a restore brings it back', async () => {
    const folder = temporaryFolder()
    // A group finds that its members are what they were to be, though they are brought back by other properties.
    const group = (held: string): Resource => ({
      type: 'OS::Heat::ResourceGroup',
      update_policy: { rolling_update: { max_batch_size: 1 } },
      properties: { count: 2, resource_def: drawerOf(folder, `${held} of a group`) },
    })
    const nest = template({ nest: { type: 'nest.yaml' } })
    const files = (held: string) => ({
      'nest.yaml': file({ d: drawerOf(folder, held), low: { type: 'low.yaml' }, g: group(held) }),
      'low.yaml': file({ d: drawerOf(folder, `${held} below`) }),
    })
    const stack = await daemon()
      .api()
      .create(name(), nest, { files: files('one') })
    await stack.reaches('CREATE_COMPLETE')
    const { resources } = await family(stack)
    const paths = ['nest/d', 'low/d', 'g/0', 'g/1'].map(path => resources.get(path).physical_resource_id)
    for (const path of paths) writeFileSync(path, 'as it was')
    const { id } = (await stack.api.send('POST', `${stack.path}/snapshots`, {})).body
    await stack.reaches('SNAPSHOT_COMPLETE')
    const { data } = (await stack.api.get(`${stack.path}/snapshots/${id}`)).body.snapshot
    expect(data.resources.nest.resources.low.resources.d.resource_data).to.deep.equal({ copy: 'as it was' })
    await stack.update(nest, { files: files('two') })
    await stack.reaches('UPDATE_COMPLETE')
    expect(paths.map(path => readFileSync(path, 'utf8'))).to.deep.equal([
      'two',
      'two below',
      'two of a group',
      'two of a group',
    ])
    await stack.api.send('POST', `${stack.path}/snapshots/${id}/restore`)
    await stack.reaches('RESTORE_COMPLETE')
    expect(paths.map(path => readFileSync(path, 'utf8'))).to.deep.equal(paths.map(() => 'as it was'))
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })
})

const text = { text: { type: 'string', default: 'one' } }

eachEngine('a stack inside that is retained', ({ daemon, name }) => {
  const retained = template({ nest: { type: 'mid.yaml', deletion_policy: 'Retain' } })
  const files = (wait = 0) => ({
    'mid.yaml': file(
      { a: test({ wait_secs: wait, value: { get_param: 'text' } }), low: { type: 'low.yaml' } },
      {},
      text,
    ),
    'low.yaml': file({ b: test() }),
  })
  const isRoot = async (stack: Stack): Promise<void> => {
    expect((await stack.show()).parent).to.equal(null)
    const { stacks } = (await stack.api.get('/stacks')).body
    expect(stacks.map((one: Body) => one.id)).to.include(stack.id)
  }

  it('is a stack of its own when its parent is gone, with all that is inside of it', async () => {
    const stack = await daemon().api().create(name(), retained, { files: files() })
    await stack.reaches('CREATE_COMPLETE')
    const mid = await inside(stack, 'nest')
    const low = await inside(mid, 'low')
    const { seen } = await family(mid)
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    expect((await mid.show()).stack_status).to.equal('CREATE_COMPLETE')
    await isRoot(mid)
    expect((await low.show()).parent).to.equal(mid.id)
    const after = await family(mid)
    expect([...after.resources.keys()]).to.have.members(['/a', '/low', 'low/b'])
    expect(after.seen).to.equal(seen)
    expect((await mid.resources()).a).not.to.have.property('parent_resource')
    // Operations go through it as through any root.
    await mid.api.send('PATCH', mid.path, { existing: true, parameters: { text: 'two' } })
    await mid.reaches('UPDATE_COMPLETE')
    await mid.delete()
    await mid.reaches('DELETE_COMPLETE')
    expect((await low.show()).stack_status).to.equal('DELETE_COMPLETE')
  })

  it('is so, too, once its resource is no longer wanted; what is made of it then is another one', async () => {
    const stack = await daemon().api().create(name(), retained, { files: files() })
    await stack.reaches('CREATE_COMPLETE')
    const mid = await inside(stack, 'nest')
    await stack.update(template({}), { files: files() })
    await stack.reaches('UPDATE_COMPLETE')
    await isRoot(mid)
    await stack.update(retained, { files: files() })
    await stack.reaches('UPDATE_COMPLETE')
    expect((await inside(stack, 'nest')).id).not.to.equal(mid.id)
  })

  it('begins nothing more if its parent had it at work, and is awaited if somebody else had', async () => {
    const stack = await daemon()
      .api()
      .create(name(), retained, { files: files(1.5) })
    const mid = await insideSoon(stack, 'nest')
    await mid.resourceReaches('a', 'CREATE_IN_PROGRESS')
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    expect((await mid.settled()).stack_status).to.equal('CREATE_FAILED')
    await isRoot(mid)
    await mid.delete()
    await mid.reaches('DELETE_COMPLETE')

    const slow = {
      ...files(),
      'mid.yaml': file({ a: test({ action_wait_secs: { update: aWhile }, value: { get_param: 'text' } }) }, {}, text),
    }
    const other = await daemon().api().create(name(), retained, { files: slow })
    await other.reaches('CREATE_COMPLETE')
    const busy = await inside(other, 'nest')
    await busy.api.send('PATCH', busy.path, { existing: true, parameters: { text: 'two' } })
    await busy.resourceReaches('a', 'UPDATE_IN_PROGRESS')
    await other.delete()
    await other.reaches('DELETE_COMPLETE')
    expect((await busy.show()).stack_status).to.equal('UPDATE_COMPLETE')
    await isRoot(busy)
  })
})
