import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Body, Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { inside } from './kit/nested.js'
import { addsOne, template } from './kit/templates.js'
import { until } from './kit/until.js'

interface Group {
  readonly value?: string
  readonly wait?: number
  readonly fail?: boolean
  readonly group?: object
  readonly policy?: object
  /** Of the members. */
  readonly reads?: string
}

const scaled = ({ value = 'old', wait = 0, fail = false, group = {}, policy = {}, reads = 'output' }: Group = {}) =>
  template(
    {
      g: {
        type: 'OS::Heat::AutoScalingGroup',
        properties: {
          min_size: 1,
          max_size: 4,
          resource: { type: 'OS::Heat::TestResource', properties: { value, wait_secs: wait, fail } },
          ...group,
        },
      },
      up: addsOne('g', { ...policy }),
      used: { type: 'OS::Heat::Value', properties: { value: { get_attr: ['g', 'current_size'] } } },
    },
    {
      used: { get_attr: ['used', 'value'] },
      size: { get_attr: ['g', 'current_size'] },
      list: { get_attr: ['g', 'outputs_list', reads] },
      map: { get_attr: ['g', 'outputs', reads] },
      refs: { get_attr: ['g', 'refs'] },
      refs_map: { get_attr: ['g', 'refs_map'] },
      first: { get_attr: ['g', `resource.0.${reads}`] },
      alarm: { get_attr: ['up', 'alarm_url'] },
      signal: { get_attr: ['up', 'signal_url'] },
    },
  )

const signal = async (stack: Stack, policy = 'up', details?: object): Promise<number> =>
  (await stack.api.send('POST', `${stack.path}/resources/${policy}/signal`, details)).status

const sizeOf = async (stack: Stack): Promise<number> => (await stack.outputs()).size
const becomes = (stack: Stack, size: number): Promise<unknown> =>
  until(`the group to have ${size} members`, 10_000, async () => (await sizeOf(stack)) === size || undefined)
/** The group's own stack has come to rest: what a signal asked for is over. */
const rests = async (stack: Stack): Promise<Body> => (await inside(stack, 'g')).settled()

eachEngine('a group that scales', kit => {
  const create = async (given?: Group): Promise<Stack> => {
    const stack = await kit.daemon().api().create(kit.name(), scaled(given))
    await stack.reaches('CREATE_COMPLETE')
    return stack
  }

  it('has members between its limits, and their attributes', async () => {
    const stack = await create({ group: { desired_capacity: 2 } })
    const { size, list, map, refs, refs_map, first, alarm, signal: plain } = await stack.outputs()
    expect(size).to.equal(2)
    expect(list).to.deep.equal(['old', 'old'])
    expect(Object.values(map)).to.deep.equal(list)
    expect(Object.keys(map)).to.deep.equal(Object.keys(refs_map))
    expect(Object.keys(map).every(name => /^[a-z0-9]{12}$/.test(name))).to.equal(true)
    expect(refs).to.have.members(Object.values(refs_map))
    expect(first).to.equal('old')
    expect(alarm).to.match(/^http.*\/resources\/up\/signal\/./)
    expect(alarm.startsWith(`${plain}/`)).to.equal(true)
    const { g } = await stack.resources()
    const shown = (await stack.api.get(`${stack.path}/resources/g`)).body.resource
    const { attributes } = (await stack.api.get(`${stack.path}/resources/g?with_attr=resource.1.output`)).body.resource
    expect(attributes['resource.1.output']).to.equal('old')
    expect(shown.attributes).to.include({ current_size: 2 })
    expect(g.physical_resource_id).to.equal((await inside(stack, 'g')).id)
  })

  it('grows by signals, with a token or without, up to its limit; its stack stays as it is', async () => {
    const stack = await create({ group: { max_size: 3 } })
    expect(await signal(stack)).to.equal(200)
    await becomes(stack, 2)
    await rests(stack)
    expect((await stack.show()).stack_status).to.equal('CREATE_COMPLETE')
    expect((await stack.resources()).g.resource_status).to.equal('CREATE_COMPLETE')
    const { alarm } = await stack.outputs()
    expect((await fetch(alarm, { method: 'POST' })).status).to.equal(200)
    await becomes(stack, 3)
    await rests(stack)
    const events = async () => (await stack.events()).filter(event => event.startsWith('up '))
    const before = await events()
    // There is no room for more: the signal is ignored, and leaves no event.
    expect(await signal(stack)).to.equal(200)
    expect(await events()).to.deep.equal(before)
    expect(before.filter(event => event === 'up SIGNAL_COMPLETE')).to.have.length(2)
    // What uses the size in the template is made of the size as it is, as soon as an update asks.
    expect((await stack.outputs()).used).to.equal(1)
    await stack.update(scaled({ group: { max_size: 3 } }))
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.outputs()).used).to.equal(3)
    expect((await stack.outputs()).list).to.deep.equal(['old', 'old', 'old'])
  })

  it('shrinks by its oldest members, keeps its size through an update, and rolls to another definition', async () => {
    const policy = { adjustment_type: 'exact_capacity', scaling_adjustment: 2 }
    const group = { desired_capacity: 4, rolling_updates: { max_batch_size: 2 } }
    const stack = await create({ group, policy })
    const four = Object.keys((await stack.outputs()).refs_map)
    await signal(stack)
    await becomes(stack, 2)
    await rests(stack)
    const two = Object.keys((await stack.outputs()).refs_map)
    expect(four.sort()).to.include.members(two)
    // Without a desired size an update takes the group as it is, and its preview says so.
    const { desired_capacity: _, ...undesired } = group
    const next = scaled({ group: undesired, policy, value: 'new' })
    const preview = await stack.api.send('PUT', `${stack.path}/preview?show_nested=true`, { template: next })
    const { added, deleted, updated } = preview.body.resource_changes
    const names = (changes: Body[]): string[] => changes.map(({ resource_name }) => resource_name)
    expect([names(added), names(deleted)]).to.deep.equal([[], []])
    expect(names(updated)).to.include.members(two)
    await stack.update(next)
    await stack.reaches('UPDATE_COMPLETE')
    const { list, refs_map } = await stack.outputs()
    expect(list).to.deep.equal(['new', 'new'])
    expect(Object.keys(refs_map)).to.have.members(two)
    // With one it goes back to it.
    await stack.update(scaled({ group: { ...group, desired_capacity: 3 }, policy, value: 'new' }))
    await stack.reaches('UPDATE_COMPLETE')
    expect(await sizeOf(stack)).to.equal(3)
  })

  it('ignores signals while it scales or cools down, also by the cooldown of its creation', async () => {
    const stack = await create({ wait: 0.5, policy: { cooldown: 60 } })
    const shown = async () => (await stack.api.get(`${stack.path}/resources/g/metadata`)).body.metadata
    expect((await shown()).scaling_in_progress).to.equal(false)
    await signal(stack)
    expect((await (await inside(stack, 'g')).show()).stack_status).to.equal('UPDATE_IN_PROGRESS')
    expect((await shown()).scaling_in_progress).to.equal(true)
    await signal(stack)
    await becomes(stack, 2)
    await rests(stack)
    await signal(stack)
    expect((await (await inside(stack, 'g')).show()).stack_status).to.equal('UPDATE_COMPLETE')
    expect(await sizeOf(stack)).to.equal(2)
    const metadata = await shown()
    expect(metadata.scaling_in_progress).to.equal(false)
    const [[until, after]] = Object.entries<string>(metadata.cooldown_end) as [[string, string]]
    expect(after).to.equal('change_in_capacity : 1')
    expect(Date.parse(until) - Date.now()).to.be.within(40_000, 60_000)

    const cooled = await create({ group: { cooldown: 60 } })
    await signal(cooled)
    expect(await sizeOf(cooled)).to.equal(1)
    expect((await cooled.events()).filter(event => event.startsWith('up SIGNAL'))).to.deep.equal([])
  })

  it('is left with the members it has by a change that fails, and may be signalled again at once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hearth-scaling-'))
    try {
      const resource = { type: 'Conformance::Drawer', properties: { folder, text: 'full' } }
      const stack = await create({ group: { resource }, policy: { cooldown: 60 }, reads: 'filled' })
      const nested = await inside(stack, 'g')
      await rm(folder, { recursive: true })
      await signal(stack)
      await nested.reaches('UPDATE_FAILED')
      expect(await sizeOf(stack)).to.equal(1)
      expect((await stack.show()).stack_status).to.equal('CREATE_COMPLETE')
      await mkdir(folder)
      await signal(stack)
      await nested.reaches('UPDATE_COMPLETE')
      expect(await sizeOf(stack)).to.equal(2)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('says in an event that a policy cannot be followed, and what the alarm said where it can', async () => {
    const reasons = async (stack: Stack): Promise<string[]> => {
      const { events } = (await stack.api.get(`${stack.path}/resources/up/events?sort_dir=asc`)).body
      return events
        .filter((one: Body) => one.resource_status.startsWith('SIGNAL_'))
        .map((one: Body) => `${one.resource_status}: ${one.resource_status_reason}`)
    }
    const lost = await create({ policy: { auto_scaling_group_id: 'nowhere' } })
    expect(await signal(lost)).to.equal(200)
    expect(await reasons(lost)).to.deep.equal([
      'SIGNAL_FAILED: NotFound: resources.up: could not find scaling group named "nowhere"',
    ])
    const stack = await create()
    await signal(stack, 'up', { previous: 'ok', current: 'alarm', reason: 'too hot' })
    expect(await reasons(stack)).to.deep.equal(['SIGNAL_COMPLETE: alarm state changed from ok to alarm (too hot)'])
  })

  it('lets an update of its stack go first, and takes no signal for what is suspended', async () => {
    const stack = await create({ wait: 0.4 })
    await signal(stack)
    await stack.update(scaled({ group: { desired_capacity: 3 } }))
    await stack.reaches('UPDATE_COMPLETE')
    expect(await sizeOf(stack)).to.equal(3)
    await stack.action('suspend')
    await stack.reaches('SUSPEND_COMPLETE')
    expect(await signal(stack)).to.equal(400)
    expect(await sizeOf(stack)).to.equal(3)
  })

  it('takes no signal while an update of its stack is at work in it, and the next one after', async () => {
    const stack = await create()
    await stack.update(scaled({ value: 'new', wait: 1 }))
    await stack.resourceReaches('g', 'UPDATE_IN_PROGRESS')
    expect(await signal(stack)).to.equal(200)
    await stack.reaches('UPDATE_COMPLETE')
    expect(await stack.outputs()).to.deep.include({ size: 1, list: ['new'] })
    expect((await stack.events()).filter(event => event.startsWith('up SIGNAL'))).to.deep.equal([])
    await signal(stack)
    await becomes(stack, 2)
  })

  it('is refused for what cannot be', async () => {
    const answer = async (given: Group) => {
      const body = { stack_name: kit.name(), template: scaled(given) }
      return (await kit.daemon().api().send('POST', '/stacks', body)).body.error?.message
    }
    expect(await answer({ group: { min_size: 5 } })).to.equal(
      'resources.g.properties: : MinSize can not be greater than MaxSize',
    )
    expect(await answer({ group: { desired_capacity: 9 } })).to.equal(
      'resources.g.properties: : DesiredCapacity must be between MinSize and MaxSize',
    )
    expect(await answer({ group: { resource: {} } })).to.equal(
      'resources.g.properties: : Resource member is missing "type"',
    )
    expect(await answer({ group: { resource: { type: 'No::Such' } } })).to.contain(
      'resources.g<nested_stack>: : The Resource Type (No::Such) could not be found.',
    )
    expect(await answer({ policy: { min_adjustment_step: 1 } })).to.contain(
      'min_adjustment_step property should only be specified',
    )
    for (const policy of [{ adjustment_type: 'some' }, { scaling_adjustment: 'nan' }, { cooldown: 1e300 }]) {
      expect(await answer({ policy })).to.contain(`resources.up.properties.${Object.keys(policy)[0]}`)
    }
    for (const group of [{ max_size: 1e9 }, { desired_capacity: -1 }, { cooldown: 1e15 }]) {
      expect(await answer({ group })).to.contain(`resources.g.properties.${Object.keys(group)[0]}`)
    }
  })
})
