import { existsSync, rmSync } from 'node:fs'
import { expect } from 'chai'
import type { Answer, Api, Stack } from './kit/api.js'
import { abandoned, abandoning, adopted, adopting, fromHeat, idsOf, three } from './kit/adoption.js'
import { drawerOf } from './kit/drawer.js'
import { eachEngine } from './kit/engines.js'
import { file, inside } from './kit/nested.js'
import { temporaryFolder } from './kit/state.js'
import { aWhile, template, test } from './kit/templates.js'

eachEngine('a stack that is adopted', ({ daemon, name, engine, whenKilled }) => {
  it('is as it was when it was abandoned: nothing is made', async () => {
    const stack = await daemon()
      .api()
      .create(name(), three, { parameters: { p: 'secret' } })
    await stack.reaches('CREATE_COMPLETE')
    const before = { ids: await idsOf(stack), outputs: await stack.outputs() }
    const again = await adopted(stack.api, name(), await abandoned(stack))
    const shown = await again.reaches('ADOPT_COMPLETE')
    expect(shown.stack_status_reason).to.equal('Stack ADOPT completed successfully')
    expect({ ids: await idsOf(again), outputs: await again.outputs() }).to.deep.equal(before)
    const events = await again.events()
    expect(events[0]).to.equal('S ADOPT_IN_PROGRESS')
    expect(events.at(-1)).to.equal('S ADOPT_COMPLETE')
    expect(events.filter(event => /^(made|said|key)/.test(event))).to.have.members(
      ['made', 'said', 'key'].flatMap(one => [`${one} ADOPT_IN_PROGRESS`, `${one} ADOPT_COMPLETE`]),
    )
    // It is a stack like any other.
    await again.update(three, { parameters: { p: 'changed' } })
    await again.reaches('UPDATE_COMPLETE')
    expect(await again.outputs()).to.deep.equal({ ...before.outputs, made: 'changed' })
    expect(await idsOf(again)).to.deep.equal(before.ids)
    await again.delete()
    await again.reaches('DELETE_COMPLETE')
  })

  it('may have a template in the other format', async () => {
    const content = {
      AWSTemplateFormatVersion: '2010-09-09',
      Resources: { made: { Type: 'OS::Heat::TestResource', Properties: { value: 'v' } } },
      Outputs: { made: { Value: { 'Fn::GetAtt': ['made', 'output'] } } },
    }
    const stack = await daemon().api().create(name(), content)
    await stack.reaches('CREATE_COMPLETE')
    const before = await idsOf(stack)
    const body = await abandoned(stack)
    expect(body.template).to.deep.equal(content)
    const again = await adopted(stack.api, name(), body)
    await again.reaches('ADOPT_COMPLETE')
    expect({ ids: await idsOf(again), outputs: await again.outputs() }).to.deep.equal({
      ids: before,
      outputs: { made: 'v' },
    })
  })

  it('may come from Heat', async () => {
    const stack = await adopted(daemon().api(), name(), fromHeat, { parameters: { p: 'of the request' } })
    await stack.reaches('ADOPT_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ said: 'it is-made-by-heat', made: 'stored by heat' })
    expect((await stack.resources()).made.physical_resource_id).to.equal('from-heat-made-abcdefghijkl')
    expect((await stack.api.get(`${stack.path}/resources/made/metadata`)).body.metadata).to.deep.equal({
      note: 'of heat',
    })
  })

  it('has its stacks inside from the data of their resources alone, and what these are of from its own template', async () => {
    const member = { type: 'OS::Heat::TestResource', properties: { value: 'v' } }
    const content = template({
      nest: { type: 'inner.yaml' },
      group: { type: 'OS::Heat::ResourceGroup', properties: { count: 2, resource_def: member } },
    })
    const made = (id: string) => ({ resource_id: id, resource_data: { value: 'v' } })
    const data = {
      template: content,
      environment: {},
      files: { 'inner.yaml': file({ a: member }) },
      resources: {
        nest: { type: 'inner.yaml', resources: { a: made('froggy') } },
        group: { resource_id: 'lost', resources: { 0: made('first'), 1: made('second') } },
      },
    }
    const stack = await adopted(daemon().api(), name(), data)
    await stack.reaches('ADOPT_COMPLETE')
    expect(await idsOf(await inside(stack, 'nest'))).to.deep.equal({ a: 'froggy' })
    const group = await inside(stack, 'group')
    expect(await idsOf(group)).to.deep.equal({ 0: 'first', 1: 'second' })
    expect((await stack.resources()).group.physical_resource_id).to.equal(group.id)
  })

  it('has a stack inside of which only an id is given made of nothing that exists', async () => {
    const group = (count: number) => ({
      type: 'OS::Heat::ResourceGroup',
      properties: { count, resource_def: { type: 'OS::Heat::TestResource' } },
    })
    const of = (count: number) => ({
      template: template({ g: group(count) }),
      environment: {},
      resources: { g: { resource_id: 'lost' } },
    })
    const [none, one] = [await adopted(daemon().api(), name(), of(0)), await adopted(daemon().api(), name(), of(1))]
    await none.reaches('ADOPT_COMPLETE')
    expect((await none.resources()).g.physical_resource_id).to.equal((await inside(none, 'g')).id)
    const failed = await one.reaches('ADOPT_FAILED')
    expect(failed.stack_status_reason).to.equal(
      'Resource ADOPT failed: Exception: resources.g.resources.0: Resource ID was not provided.',
    )
    await one.update(of(1).template)
    await one.reaches('UPDATE_COMPLETE')
    expect((await (await inside(one, 'g')).resources())[0].resource_status).to.equal('CREATE_COMPLETE')
  })

  const broken = () => {
    const { resource_id: _, ...made } = fromHeat.resources.made
    return { ...fromHeat, resources: { ...fromHeat.resources, made } }
  }

  it('is not adopted without the ids of its resources', async () => {
    const stack = await adopted(daemon().api(), name(), broken())
    const shown = await stack.reaches('ADOPT_FAILED')
    expect(shown.stack_status_reason).to.equal(
      'Resource ADOPT failed: Exception: resources.made: Resource ID was not provided.',
    )
    expect((await stack.resources()).made.resource_status).to.equal('ADOPT_FAILED')
  })

  it('is forgotten again, and not deleted, by the rollback of its adoption', async () => {
    const data = broken()
    const slow = { ...three.resources.said, ...test({ action_wait_secs: { delete: 3600 } }) }
    const held = { ...data, template: { ...three, outputs: {}, resources: { ...three.resources, said: slow } } }
    const stack = await adopted(daemon().api(), name(), held, { disable_rollback: false })
    await stack.reaches('ROLLBACK_COMPLETE')
    expect(await stack.resources()).to.deep.equal({})
  })

  it('says what is wrong with the data, and stores nothing', async () => {
    const api = daemon().api()
    for (const [data, why] of [
      [{ ...fromHeat, template: undefined }, /^Invalid adopt data: 'template'/],
      [{ ...fromHeat, resources: { made: { resource_id: 7 } } }, /^Invalid adopt data: resources.made.resource_id/],
      [
        { ...fromHeat, resources: { nest: { template: {}, resources: { a: 1 } } } },
        /^Invalid adopt data: resources.nest.resources.a is not a map/,
      ],
      ['no map', /^Invalid adopt data: it is not a map/],
    ] as const) {
      const { status, body } = await adopting(api, name(), data)
      expect(status).to.equal(400)
      expect(body.error.message).to.match(why)
    }
  })

  const folder = temporaryFolder()
  const holding = (text: string, seconds: number) =>
    template({ a: drawerOf(folder, text, { dawdles: seconds }) }, { path: { get_resource: 'a' } })
  /** What a stack with a drawer has left, which it takes so many seconds to take over. */
  const left = async (api: Api, seconds: number): Promise<[data: Answer['body'], path: string]> => {
    const stack = await api.create(name(), holding('text', seconds))
    await stack.reaches('CREATE_COMPLETE')
    const { path } = await stack.outputs()
    return [await abandoned(stack), path]
  }
  const underWay = async (api: Api): Promise<[Stack, string]> => {
    const [data, path] = await left(api, aWhile)
    const stack = await adopted(api, name(), data)
    await stack.resourceReaches('a', 'ADOPT_IN_PROGRESS')
    return [stack, path]
  }

  it('fails if what its resources stand for is gone; a delete is then of no harm', async () => {
    const [data, path] = await left(daemon().api(), 0)
    rmSync(path)
    const stack = await adopted(daemon().api(), name(), data)
    expect((await stack.reaches('ADOPT_FAILED')).stack_status_reason).to.equal(
      'Resource ADOPT failed: ResourceFailure: resources.a: it is gone',
    )
    expect((await stack.resources()).a.resource_status).to.equal('ADOPT_FAILED')
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it(`${engine.overlapping ? 'is superseded by' : 'is not disturbed by'} an update that comes meanwhile, and not abandoned`, async () => {
    const [stack, path] = await underWay(daemon().api())
    const refused = await abandoning(stack)
    expect([refused.status, refused.body.error.type]).to.deep.equal([409, 'ActionInProgress'])
    const update = await stack.update(holding('new', 0))
    if (engine.overlapping) {
      expect(update.status).to.equal(202)
      await stack.reaches('UPDATE_COMPLETE')
    } else {
      expect([update.status, update.body.error.type]).to.deep.equal([409, 'ActionInProgress'])
      await stack.reaches('ADOPT_COMPLETE')
    }
    expect((await stack.events()).filter(event => event.startsWith('a ADOPT'))).to.deep.equal([
      'a ADOPT_IN_PROGRESS',
      'a ADOPT_COMPLETE',
    ])
    expect(await stack.outputs()).to.deep.equal({ path })
  })

  it('cannot be cancelled meanwhile, and can be deleted, which leaves alone what it has not taken over', async () => {
    const [stack, path] = await underWay(daemon().api())
    for (const action of ['cancel_update', 'cancel_without_rollback'])
      expect((await stack.action(action)).status).to.equal(400)
    expect((await stack.delete()).status).to.equal(204)
    await stack.reaches('DELETE_COMPLETE')
    expect(await stack.events()).to.include.members(['S ADOPT_FAILED', 'a ADOPT_FAILED'])
    expect(existsSync(path)).to.equal(true)
  })

  whenKilled(`goes on, or fails, after a crash as every operation does (${engine.afterCrash})`, async first => {
    const content = template(
      {
        a: drawerOf(folder, 'text', { dawdles: 2 * aWhile }),
        b: { ...drawerOf(folder, 'text'), depends_on: 'a' },
      },
      { a: { get_resource: 'a' }, b: { get_resource: 'b' } },
    )
    const made = await first.api().create(name(), content)
    await made.reaches('CREATE_COMPLETE')
    const paths = await made.outputs()
    const data = await abandoned(made)
    let stack: Stack
    return {
      last: async () => {
        stack = await adopted(first.api(), name(), data)
        await stack.resourceReaches('a', 'ADOPT_IN_PROGRESS')
      },
      afterwards: async second => {
        const again = second.api().again(stack)
        if (engine.afterCrash === 'resumes') {
          await again.reaches('ADOPT_COMPLETE')
          expect(await again.outputs()).to.deep.equal(paths)
          return
        }
        await again.reaches('ADOPT_FAILED')
        await again.update(content)
        await again.reaches('UPDATE_COMPLETE')
        // What was not adopted yet is adopted by the update; what was under way is made anew, and left alone where it was.
        const { a, b } = await again.outputs()
        expect([a === paths.a, b === paths.b]).to.deep.equal([false, true])
        for (const path of [a, paths.a, b]) expect(existsSync(path), path).to.equal(true)
      },
    }
  })
})
