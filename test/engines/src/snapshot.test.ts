import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import type { Api, Body, Stack } from './kit/api.js'
import { drawerOf } from './kit/drawer.js'
import { eachEngine, snapshotsAtMost } from './kit/engines.js'
import { temporaryFolder } from './kit/state.js'
import { aWhile, long, template, test, value } from './kit/templates.js'
import { until } from './kit/until.js'

/** Takes a snapshot and waits for it. */
async function snapshot(stack: Stack, name: string): Promise<Body> {
  const answer = await stack.api.send('POST', `${stack.path}/snapshots`, { name })
  expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
  return taken(stack, answer.body.id)
}

const taken = (stack: Stack, id: string): Promise<Body> =>
  until(`snapshot ${id} to be taken`, 20_000, async () => {
    const { body } = await stack.api.get(`${stack.path}/snapshots/${id}`)
    return body.snapshot.status === 'IN_PROGRESS' ? undefined : body.snapshot
  })

const two = (text: string) => template({ a: test({ value: text }), b: value({ get_resource: 'a' }) }, { o: text })

eachEngine('a snapshot of a stack', ({ daemon, name, engine, whenKilled }) => {
  const created = async (content: unknown, options = {}) => {
    const stack = await daemon().api().create(name(), content, options)
    await stack.reaches('CREATE_COMPLETE')
    return stack
  }

  it('keeps what the stack is, and is listed, shown and deleted', async () => {
    const stack = await created(two('one'))
    const answer = await stack.api.send('POST', `${stack.path}/snapshots`, { name: 'first' })
    expect(answer.status).to.equal(200)
    expect(answer.body).to.include({ name: 'first', action: 'CREATE', status: 'IN_PROGRESS', status_reason: null })
    const shown = await stack.reaches('SNAPSHOT_COMPLETE')
    expect(shown.stack_status_reason).to.equal('Stack SNAPSHOT completed successfully')
    const kept = await taken(stack, answer.body.id)
    expect(kept).to.include({ status: 'COMPLETE', status_reason: 'Stack SNAPSHOT completed successfully' })
    expect(kept.data).to.deep.include({ name: stack.name, id: stack.id, template: two('one') })
    expect(kept.data.resources.a).to.deep.include({ type: 'OS::Heat::TestResource', resource_data: { value: 'one' } })
    expect((await stack.events()).slice(-6)).to.have.members([
      'S SNAPSHOT_IN_PROGRESS',
      'a SNAPSHOT_IN_PROGRESS',
      'a SNAPSHOT_COMPLETE',
      'b SNAPSHOT_IN_PROGRESS',
      'b SNAPSHOT_COMPLETE',
      'S SNAPSHOT_COMPLETE',
    ])
    const { snapshots } = (await stack.api.get(`${stack.path}/snapshots`)).body
    expect(snapshots.map((one: Body) => one.id)).to.deep.equal([kept.id])
    expect((await stack.api.send('DELETE', `${stack.path}/snapshots/${kept.id}`)).status).to.equal(204)
    const gone = await stack.api.get(`${stack.path}/snapshots/${kept.id}`)
    expect([gone.status, gone.body.error.type]).to.deep.equal([404, 'SnapshotNotFound'])
  })

  it('is what a restore brings the stack back to', async () => {
    const stack = await created(two('one'))
    const { id } = await snapshot(stack, 'before')
    const before = await stack.resources()
    await stack.update(
      template({ a: test({ value: 'two' }), b: value({ get_resource: 'a' }), c: test() }, { o: 'two' }),
    )
    await stack.reaches('UPDATE_COMPLETE')
    const restore = await stack.api.send('POST', `${stack.path}/snapshots/${id}/restore`)
    expect(restore.status).to.equal(202)
    const shown = await stack.reaches('RESTORE_COMPLETE')
    expect(shown.stack_status_reason).to.equal('Stack RESTORE completed successfully')
    expect(await stack.outputs()).to.deep.equal({ o: 'one' })
    const after = await stack.resources()
    expect(Object.keys(after)).to.have.members(['a', 'b'])
    expect(after.a.physical_resource_id).to.equal(before.a.physical_resource_id)
    expect((await stack.events()).slice(-6)).to.have.members([
      'S RESTORE_IN_PROGRESS',
      'a UPDATE_IN_PROGRESS',
      'a UPDATE_COMPLETE',
      'c DELETE_IN_PROGRESS',
      'c DELETE_COMPLETE',
      'S RESTORE_COMPLETE',
    ])
  })

  it('may be restored in vain: with rollback the stack is as it was before', async () => {
    const outside = (id: string) => template({ out: { type: 'OS::Heat::TestResource', external_id: id } })
    const stack = await created(outside('there'), { disable_rollback: false })
    const { id } = await snapshot(stack, 'there')
    for (const next of [template({}), outside('elsewhere')]) {
      await stack.update(next)
      await stack.reaches('UPDATE_COMPLETE')
    }
    await stack.api.send('POST', `${stack.path}/snapshots/${id}/restore`)
    const shown = await stack.reaches('ROLLBACK_COMPLETE')
    expect(shown.stack_status_reason).to.equal('Stack ROLLBACK completed successfully')
    expect((await stack.resources()).out.physical_resource_id).to.equal('elsewhere')
    const events = await stack.events()
    expect(events).to.include.members(['S RESTORE_IN_PROGRESS', 'out UPDATE_FAILED', 'S RESTORE_FAILED'])
  })

  it(`is restored ${engine.overlapping ? 'instead of what runs' : 'only when nothing runs'}`, async () => {
    const slow = (text: string) =>
      template({ a: test({ value: text, action_wait_secs: { create: 0, update: aWhile } }) })
    const stack = await created(slow('one'))
    const { id } = await snapshot(stack, 'one')
    await stack.update(slow('two'))
    await stack.resourceReaches('a', 'UPDATE_IN_PROGRESS')
    const restore = await stack.api.send('POST', `${stack.path}/snapshots/${id}/restore`)
    if (!engine.overlapping) {
      expect([restore.status, restore.body.error.type]).to.deep.equal([409, 'ActionInProgress'])
      await stack.reaches('UPDATE_COMPLETE')
      return
    }
    await stack.reaches('RESTORE_COMPLETE')
    expect((await stack.api.get(`${stack.path}/resources/a`)).body.resource.attributes.output).to.equal('one')
  })

  it('is refused while an operation runs, and by a name that is no text', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ a: test({ wait_secs: 600, action_wait_secs: { delete: 0 } }) }))
    const busy = await stack.api.send('POST', `${stack.path}/snapshots`, {})
    expect([busy.status, busy.body.error.type]).to.deep.equal([409, 'ActionInProgress'])
    expect((await stack.api.send('POST', `${stack.path}/snapshots`)).status).to.equal(400)
    expect((await stack.api.send('POST', `${stack.path}/snapshots`, { name: 1 })).status).to.equal(400)
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('is one of a limited number, and goes with its stack', async () => {
    const stack = await created(template({ a: value('x') }))
    for (let taken = 0; taken < snapshotsAtMost; taken++) await snapshot(stack, `${taken}`)
    const further = await stack.api.send('POST', `${stack.path}/snapshots`, {})
    expect([further.status, further.body.error.message]).to.deep.equal([
      400,
      `Request limit exceeded: You have reached the maximum snapshots per stack, ${snapshotsAtMost}. Please delete some snapshots.`,
    ])
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    expect((await stack.api.get(`${stack.path}/snapshots`)).status).to.equal(404)
  })

  it('fails with a stack of which something has failed, and cannot be restored', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ a: test({ fail: true }) }))
    await stack.reaches('CREATE_FAILED')
    const { id, status, data } = await snapshot(stack, 'in vain')
    expect({ status, data }).to.deep.equal({ status: 'FAILED', data: null })
    await stack.reaches('SNAPSHOT_FAILED')
    const restore = await stack.api.send('POST', `${stack.path}/snapshots/${id}/restore`)
    expect([restore.status, restore.body.error.message]).to.deep.equal([
      400,
      'Restoring incomplete snapshot is not supported.',
    ])
  })

  whenKilled(
    `survives a crash of the daemon: ${engine.afterCrash === 'resumes' ? 'a restore goes on' : 'a restore may be made again'}`,
    async first => {
      const slow = template({ a: test({ value: 'one', action_wait_secs: { update: long } }) })
      const made = await first.api().create(name(), slow)
      await made.reaches('CREATE_COMPLETE')
      const { id } = await snapshot(made, 'kept')
      await made.update(template({ a: test({ value: 'two' }) }))
      await made.reaches('UPDATE_COMPLETE')
      return {
        last: async () => {
          await made.api.send('POST', `${made.path}/snapshots/${id}/restore`)
          await made.resourceReaches('a', 'UPDATE_IN_PROGRESS')
        },
        afterwards: async second => {
          const stack = second.api().again(made)
          if (engine.afterCrash === 'fails') {
            expect((await stack.reaches('RESTORE_FAILED')).stack_status_reason).to.equal(
              'Engine went down during stack RESTORE',
            )
            await stack.api.send('POST', `${stack.path}/snapshots/${id}/restore`)
          }
          await stack.reaches('RESTORE_COMPLETE')
          expect((await stack.api.get(`${stack.path}/snapshots/${id}`)).body.snapshot.status).to.equal('COMPLETE')
        },
      }
    },
  )
})

eachEngine('a snapshot of a resource that keeps a copy', ({ daemon, name, engine, whenKilled }) => {
  const folder = temporaryFolder()

  const formats = {
    hot: (text: string) => template({ a: drawerOf(folder, text) }, { path: { get_resource: 'a' } }),
    cfn: (text: string) => {
      const { type, properties } = drawerOf(folder, text)
      return {
        HeatTemplateFormatVersion: '2012-12-12',
        Resources: { a: { Type: type, Properties: properties } },
        Outputs: { path: { Value: { Ref: 'a' } } },
      }
    },
  }
  for (const [format, holding] of Object.entries(formats)) {
    it(`brings that back, of a template in ${format}`, async () => {
      const stack = await daemon().api().create(name(), holding('one'))
      await stack.reaches('CREATE_COMPLETE')
      const { path } = await stack.outputs()
      writeFileSync(path, 'as it was')
      const { id } = await snapshot(stack, 'kept')
      await stack.update(holding('two'))
      await stack.reaches('UPDATE_COMPLETE')
      expect(readFileSync(path, 'utf8')).to.equal('two')
      expect((await stack.api.send('POST', `${stack.path}/snapshots/${id}/restore`)).status).to.equal(202)
      await stack.reaches('RESTORE_COMPLETE')
      expect(readFileSync(path, 'utf8')).to.equal('as it was')
      expect(await stack.outputs()).to.deep.equal({ path })
    })
  }

  /** A stack of which a snapshot is being taken, and that snapshot's id. */
  const underWay = async (api: Api, seconds = aWhile): Promise<[Stack, string]> => {
    const stack = await api.create(name(), slow('one', seconds))
    await stack.reaches('CREATE_COMPLETE')
    const { body } = await stack.api.send('POST', `${stack.path}/snapshots`, {})
    await stack.resourceReaches('a', 'SNAPSHOT_IN_PROGRESS')
    return [stack, body.id]
  }
  const slow = (text: string, seconds = aWhile) => template({ a: drawerOf(folder, text, { dawdles: seconds }) })

  it(engine.overlapping ? 'fails when another operation supersedes it' : 'lets no other operation begin', async () => {
    const [stack, id] = await underWay(daemon().api())
    const update = await stack.update(slow('two'))
    if (!engine.overlapping) {
      expect([update.status, update.body.error.type]).to.deep.equal([409, 'ActionInProgress'])
      expect((await taken(stack, id)).status).to.equal('COMPLETE')
      return
    }
    expect(update.status).to.equal(202)
    expect(await taken(stack, id)).to.include({
      status: 'FAILED',
      status_reason: 'Stack SNAPSHOT cancelled',
      data: null,
    })
    await stack.reaches('UPDATE_COMPLETE')
    const events = (await stack.events()).filter(event => event.startsWith('a'))
    expect(events.slice(-4)).to.deep.equal([
      'a SNAPSHOT_IN_PROGRESS',
      'a SNAPSHOT_COMPLETE',
      'a UPDATE_IN_PROGRESS',
      'a UPDATE_COMPLETE',
    ])
    expect((await taken(stack, id)).status).to.equal('FAILED')
  })

  whenKilled(`${engine.afterCrash === 'resumes' ? 'goes on' : 'fails'} after a crash of the daemon`, async first => {
    let before: Stack
    let id: string
    return {
      last: async () => {
        ;[before, id] = await underWay(first.api(), 2 * aWhile)
      },
      afterwards: async second => {
        const stack = second.api().again(before)
        const { status, status_reason, data } = await taken(stack, id)
        if (engine.afterCrash === 'resumes') {
          expect({ status, kept: data.resources.a.resource_data }).to.deep.equal({
            status: 'COMPLETE',
            kept: { copy: 'one' },
          })
          await stack.reaches('SNAPSHOT_COMPLETE')
          return
        }
        expect({ status, status_reason, data }).to.deep.equal({
          status: 'FAILED',
          status_reason: 'Engine went down during stack SNAPSHOT',
          data: null,
        })
        await stack.reaches('SNAPSHOT_FAILED')
      },
    }
  })
})
