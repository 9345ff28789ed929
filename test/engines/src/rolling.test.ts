import { expect } from 'chai'
import type { Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { file, inside, insideSoon } from './kit/nested.js'
import { addsOne, aWhile, long, template, test } from './kit/templates.js'
import { until } from './kit/until.js'

interface Group {
  readonly count?: number
  readonly value?: string
  readonly fail?: boolean
  readonly policy?: object
}

const group = ({ count = 3, value = 'old', fail = false, policy = {} }: Group = {}) =>
  template(
    {
      g: {
        type: 'OS::Heat::ResourceGroup',
        update_policy: policy,
        properties: { count, resource_def: { type: 'OS::Heat::TestResource', properties: { value, fail } } },
      },
    },
    { all: { get_attr: ['g', 'attributes', 'output'] } },
  )

/** A group of one, whose members take so many seconds to be created, and a policy that adds one. */
const scaling = (seconds: number) =>
  template(
    {
      g: {
        type: 'OS::Heat::AutoScalingGroup',
        properties: {
          min_size: 1,
          max_size: 2,
          resource: { type: 'OS::Heat::TestResource', properties: { action_wait_secs: { create: seconds } } },
        },
      },
      up: addsOne('g'),
    },
    { size: { get_attr: ['g', 'current_size'] } },
  )

/** What happened in the stack inside: one list of names a stage, by its operation. */
async function stages(nested: Stack): Promise<string[]> {
  const told: string[] = []
  for (const event of await nested.events()) {
    const [name = '', status = ''] = event.split(' ')
    if (name === 'S' && status.endsWith('IN_PROGRESS')) told.push(`${status.split('_')[0]}:`)
    else if (name !== 'S' && status.endsWith('COMPLETE')) told.push(`${told.pop()} ${name}`)
  }
  return told
}

const sortedStages = async (nested: Stack): Promise<string[]> =>
  (await stages(nested)).map(stage => {
    const [action, ...names] = stage.split(' ')
    return [action, ...names.sort()].join(' ')
  })

eachEngine('a group that is changed in batches', kit => {
  it('is created so, and updated so, with pauses, the highest index first', async () => {
    const policy = {
      batch_create: { max_batch_size: 2 },
      rolling_update: { max_batch_size: 2, min_in_service: 2, pause_time: 0.4 },
    }
    const stack = await kit.daemon().api().create(kit.name(), group({ policy }))
    await stack.reaches('CREATE_COMPLETE')
    const nested = await inside(stack, 'g')
    expect(await sortedStages(nested)).to.deep.equal(['CREATE: 0 1', 'UPDATE: 2'])
    expect((await stack.outputs()).all).to.deep.equal({ 0: 'old', 1: 'old', 2: 'old' })

    const began = Date.now()
    await stack.update(group({ policy, value: 'new' }))
    await stack.reaches('UPDATE_COMPLETE')
    expect(Date.now() - began).to.be.at.least(800)
    expect((await stack.outputs()).all).to.deep.equal({ 0: 'new', 1: 'new', 2: 'new' })
    expect((await sortedStages(nested)).slice(2)).to.deep.equal(['UPDATE: 2 3', 'UPDATE: 0 1', 'UPDATE: 3'])

    // Where no definition changes there is nothing to roll.
    await stack.update(group({ policy, value: 'new', count: 1 }))
    await stack.reaches('UPDATE_COMPLETE')
    expect((await sortedStages(nested)).slice(5)).to.deep.equal(['UPDATE: 1 2'])
  })

  it('stops at a batch that fails, and goes on from there with the next update', async () => {
    const policy = { rolling_update: { max_batch_size: 1 } }
    const stack = await kit.daemon().api().create(kit.name(), group({ policy }))
    await stack.reaches('CREATE_COMPLETE')
    const nested = await inside(stack, 'g')
    await stack.update(group({ policy, value: 'bad', fail: true }))
    const shown = await stack.reaches('UPDATE_FAILED')
    expect(shown.stack_status_reason).to.contain('ValueError: resources.g.resources.2: Test Resource failed 2')
    const states = async () =>
      Object.fromEntries(
        Object.entries(await nested.resources()).map(([name, { resource_status }]) => [name, resource_status]),
      )
    expect(await states()).to.deep.equal({ 0: 'CREATE_COMPLETE', 1: 'CREATE_COMPLETE', 2: 'UPDATE_FAILED' })
    await stack.update(group({ policy, value: 'good' }))
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.outputs()).all).to.deep.equal({ 0: 'good', 1: 'good', 2: 'good' })
  })

  it('leaves members the template file that they are of until it is their turn, though another one has come', async () => {
    const policy = { update_policy: { rolling_update: { min_in_service: 1, max_batch_size: 1 } } }
    const of = (type: string) =>
      template(
        {
          g: { type: 'OS::Heat::ResourceGroup', ...policy, properties: { count: 2, resource_def: { type } } },
          s: {
            type: 'OS::Heat::AutoScalingGroup',
            properties: {
              min_size: 2,
              max_size: 2,
              resource: { type },
              rolling_updates: { min_in_service: 1, max_batch_size: 1, pause_time: 0 },
            },
          },
        },
        { g: { get_attr: ['g', 'said'] }, s: { get_attr: ['s', 'outputs_list', 'said'] } },
      )
    const files = (name: string, properties: Record<string, unknown>) => ({
      files: { [name]: file({ a: test(properties) }, { said: { get_attr: ['a', 'output'] } }) },
    })
    const stack = await kit
      .daemon()
      .api()
      .create(kit.name(), of('/old.yaml'), files('/old.yaml', { value: 'old' }))
    await stack.reaches('CREATE_COMPLETE')
    await stack.update(of('/bad.yaml'), files('/bad.yaml', { value: 'bad', fail: true }))
    expect((await stack.reaches('UPDATE_FAILED')).stack_status_reason).to.contain('Test Resource failed a')
    // The file of those that never had a turn came two requests ago.
    await until('the stack to be free', 10_000, async () =>
      (await stack.update(of('/new.yaml'), files('/new.yaml', { value: 'new' }))).status === 202 ? true : undefined,
    )
    await stack.reaches('UPDATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ g: ['new', 'new'], s: ['new', 'new'] })
    const nested = await inside(stack, 'g')
    expect(Object.keys((await stack.api.get(`${nested.path}/files`)).body)).to.deep.equal(['/new.yaml'])
  })

  it('may be of deployments, one for each server', async () => {
    const deployments = (servers: object, size: number) =>
      template({
        g: {
          type: 'OS::Heat::SoftwareDeploymentGroup',
          update_policy: { batch_create: { max_batch_size: 2 }, rolling_update: { max_batch_size: 1, pause_time: 0 } },
          properties: { servers, input_values: { size }, signal_transport: 'NO_SIGNAL' },
        },
      })
    const stack = await kit
      .daemon()
      .api()
      .create(kit.name(), deployments({ a: '1', b: '2', c: '3' }, 1))
    await stack.reaches('CREATE_COMPLETE')
    const nested = await inside(stack, 'g')
    expect(await sortedStages(nested)).to.deep.equal(['CREATE: a b', 'UPDATE: c'])
    await stack.update(deployments({ b: '2', c: '3', d: '4' }, 2))
    await stack.reaches('UPDATE_COMPLETE')
    expect((await sortedStages(nested)).slice(2)).to.deep.equal(['UPDATE: a d', 'UPDATE: c', 'UPDATE: b'])
  })

  it('is refused for a policy that cannot be', async () => {
    const answer = async (policy: unknown, type = 'OS::Heat::ResourceGroup') => {
      const { resources, ...rest } = group()
      const body = {
        stack_name: kit.name(),
        template: { ...rest, resources: { g: { ...resources.g, type, update_policy: policy } } },
      }
      return (await kit.daemon().api().send('POST', '/stacks', body)).body.error?.message
    }
    expect(await answer({ rolling_updates: {} })).to.equal(
      'Property error: : resources.g.update_policy: : Unknown Property rolling_updates (did you mean rolling_update?)',
    )
    expect(await answer({ rolling_update: { max_batch_size: 0 } })).to.equal(
      'Property error: : resources.g.update_policy.rolling_update.max_batch_size: : 0 is out of range (min: 1, max: None); expected at least 1',
    )
    expect(await answer({ rolling_update: { pause: 1 } })).to.contain(
      'resources.g.update_policy.rolling_update: : Unknown Property pause',
    )
    // What has a fixed number of members cannot keep others in service meanwhile.
    expect(await answer({ rolling_update: { min_in_service: 1 } }, 'OS::Heat::SoftwareDeploymentGroup')).to.contain(
      'resources.g.update_policy.rolling_update: : Unknown Property min_in_service',
    )
    expect(await answer({ rolling_update: {} }, 'OS::Heat::TestResource')).to.contain(
      'resources.g.update_policy: : Unknown Property rolling_update',
    )
  })

  kit.whenKilled(
    kit.engine.afterCrash === 'resumes'
      ? 'goes on with the batch that is due when the daemon was killed'
      : 'is left FAILED by a daemon that is killed, and goes on with the next update',
    async first => {
      const policy = (pause_time: number) => ({ rolling_update: { max_batch_size: 1, pause_time } })
      const stack = await first.api().create(kit.name(), group({ policy: policy(0) }))
      const scaled = await first.api().create(kit.name(), scaling(0))
      await stack.reaches('CREATE_COMPLETE')
      await scaled.reaches('CREATE_COMPLETE')
      await scaled.update(scaling(long))
      await scaled.reaches('UPDATE_COMPLETE')
      const signal = (to: Stack) => to.api.send('POST', `${to.path}/resources/up/signal`)
      return {
        last: async () => {
          await stack.update(group({ policy: policy(2 * aWhile), value: 'new' }))
          const nested = await insideSoon(stack, 'g')
          await until(
            'the first batch to end',
            10_000,
            async () => (await stages(nested)).at(-1) === 'UPDATE: 2' || undefined,
          )
          // A signal that was accepted is as good as an update.
          expect((await signal(scaled)).status).to.equal(200)
        },
        afterwards: async second => {
          const again = second.api().again(stack)
          if (kit.engine.afterCrash === 'fails') {
            await again.reaches('UPDATE_FAILED')
            await again.update(group({ policy: policy(0), value: 'new' }))
          }
          await again.reaches('UPDATE_COMPLETE')
          expect((await stages(await inside(again, 'g'))).slice(1)).to.deep.equal([
            'UPDATE: 2',
            'UPDATE: 1',
            'UPDATE: 0',
          ])
          expect((await again.outputs()).all).to.deep.equal({ 0: 'new', 1: 'new', 2: 'new' })

          const scaledAgain = second.api().again(scaled)
          const members = await inside(scaledAgain, 'g')
          if (kit.engine.afterCrash === 'fails') {
            await members.reaches('UPDATE_FAILED')
            await signal(scaledAgain)
          }
          await members.reaches('UPDATE_COMPLETE')
          expect((await scaledAgain.outputs()).size).to.equal(2)
        },
      }
    },
  )
})
