import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import type { Body, Stack, StackOptions } from './kit/api.js'
import { drawerOf, stuck } from './kit/drawer.js'
import { eachEngine } from './kit/engines.js'
import { temporaryFolder } from './kit/state.js'
import { aWhile, template, test, value } from './kit/templates.js'
import { until } from './kit/until.js'

const converge = { converge: true } as const

eachEngine('an update that compares with reality', ({ daemon, another, name, engine, whenKilled }) => {
  const folder = temporaryFolder()

  /** A drawer, and what depends on it. */
  const holding = (text: string, more: Record<string, unknown> = {}) =>
    template(
      { a: drawerOf(folder, text, more), b: value({ get_attr: ['a', 'filled'] }), c: test({ value: 'c' }) },
      { path: { get_resource: 'a' } },
    )
  const created = async (
    text: string,
    api = daemon().api(),
    content: unknown = holding(text),
  ): Promise<[Stack, string]> => {
    const stack = await api.create(name(), content)
    await stack.reaches('CREATE_COMPLETE')
    return [stack, (await stack.outputs()).path]
  }
  const updated = async (stack: Stack, content: unknown, options: StackOptions = converge): Promise<string> => {
    expect((await stack.update(content, options)).status).to.equal(202)
    await stack.reaches('UPDATE_COMPLETE')
    return (await stack.outputs()).path
  }
  const foreseen = async (stack: Stack, content: unknown, options: StackOptions = converge) => {
    const { status, body } = await stack.api.send('PUT', `${stack.path}/preview`, { template: content, ...options })
    expect(status, JSON.stringify(body)).to.equal(200)
    const kinds = Object.entries<Body[]>(body.resource_changes)
    return Object.fromEntries(kinds.flatMap(([kind, of]) => of.map(({ resource_name }) => [resource_name, kind])))
  }
  const happened = async (stack: Stack): Promise<string[]> => {
    const events = await stack.events()
    return events.slice(events.lastIndexOf('S UPDATE_IN_PROGRESS') + 1)
  }

  it('brings back what has drifted; without the flag, and of others, nothing happens', async () => {
    const [stack, path] = await created('mine')
    writeFileSync(path, 'theirs')
    expect(await foreseen(stack, holding('mine'), {})).to.deep.equal({ a: 'unchanged', b: 'unchanged', c: 'unchanged' })
    expect(await updated(stack, holding('mine'), { converge: false })).to.equal(path)
    expect(await happened(stack)).to.deep.equal(['S UPDATE_COMPLETE'])
    expect(readFileSync(path, 'utf8')).to.equal('theirs')

    expect(await foreseen(stack, holding('mine'))).to.include({ a: 'updated', c: 'unchanged' })
    expect(readFileSync(path, 'utf8')).to.equal('theirs')
    expect(await updated(stack, holding('mine'))).to.equal(path)
    expect(readFileSync(path, 'utf8')).to.equal('mine')
    expect(await happened(stack)).to.deep.equal(['a UPDATE_IN_PROGRESS', 'a UPDATE_COMPLETE', 'S UPDATE_COMPLETE'])
  })

  it('leaves alone what is as it should be, whichever way it came to be so', async () => {
    const [stack, path] = await created('one')
    expect(await foreseen(stack, holding('one'))).to.deep.equal({ a: 'unchanged', b: 'unchanged', c: 'unchanged' })
    await updated(stack, holding('one'))
    expect(await happened(stack)).to.deep.equal(['S UPDATE_COMPLETE'])
    expect(readFileSync(path, 'utf8')).to.equal('one')
  })

  it('replaces what is gone', async () => {
    const [stack, path] = await created('one')
    rmSync(path)
    expect(await foreseen(stack, holding('one'))).to.include({ a: 'replaced', c: 'unchanged' })
    const next = await updated(stack, holding('one'))
    expect(next).not.to.equal(path)
    expect(readFileSync(next, 'utf8')).to.equal('one')
    expect(await happened(stack)).to.include.members(['a CREATE_COMPLETE', 'a DELETE_COMPLETE'])
  })

  it('compares as stored what cannot be read, and says so in the log', async () => {
    const [stack, path] = await created('one')
    writeFileSync(path, stuck)
    await updated(stack, holding('one'))
    expect(await happened(stack)).to.deep.equal(['S UPDATE_COMPLETE'])
    expect(daemon().log).to.match(/The live state of a \(Conformance::Drawer\) cannot be read/)
    expect(await updated(stack, holding('two'))).to.equal(path)
    expect(readFileSync(path, 'utf8')).to.equal('two')
  })

  it('reaches the stacks inside', async () => {
    const nested = template({ in: { type: 'drawer.yaml' } }, { path: { get_attr: ['in', 'path'] } })
    const files = { 'drawer.yaml': JSON.stringify(holding('one')) }
    const stack = await daemon().api().create(name(), nested, { files })
    await stack.reaches('CREATE_COMPLETE')
    const { path } = await stack.outputs()
    writeFileSync(path, 'theirs')
    await updated(stack, nested, { files })
    expect(readFileSync(path, 'utf8')).to.equal('theirs')
    expect(await updated(stack, nested, { files, ...converge })).to.equal(path)
    expect(readFileSync(path, 'utf8')).to.equal('one')
  })

  it('is also a PATCH, and is no flag of anything else', async () => {
    const [stack, path] = await created('one')
    writeFileSync(path, 'theirs')
    expect((await stack.api.send('PATCH', stack.path, converge)).status).to.equal(202)
    await stack.reaches('UPDATE_COMPLETE')
    expect(readFileSync(path, 'utf8')).to.equal('one')
    const wrong = await stack.update(holding('one'), { converge: 'perhaps' } as object)
    expect([wrong.status, wrong.body.error.message]).to.deep.equal([
      400,
      'Unrecognized value "perhaps" for "converge", acceptable values are: true, false.',
    ])
  })

  whenKilled(
    `after a crash in between, ${engine.afterCrash === 'resumes' ? 'the step is called again' : 'is repeated'}`,
    async first => {
      const content = holding('mine', { dawdles: 2 * aWhile })
      const [stack, path] = await created('mine', first.api(), content)
      return {
        last: async () => {
          writeFileSync(path, 'theirs')
          await stack.update(content, converge)
          // The drift is mended already, and the step has not ended: nobody can see any more that something was to be done.
          await until('the drift to be mended', 10_000, async () => readFileSync(path, 'utf8') === 'mine' || undefined)
        },
        afterwards: async second => {
          const again = second.api().again(stack)
          if (engine.afterCrash === 'resumes') {
            await again.reaches('UPDATE_COMPLETE')
            expect((await again.resources()).a).to.include({
              resource_status: 'UPDATE_COMPLETE',
              resource_status_reason: 'state changed',
            })
            return
          }
          await again.reaches('UPDATE_FAILED')
          const next = await updated(again, content)
          expect(next).not.to.equal(path)
          expect(existsSync(path)).to.equal(false)
          expect(readFileSync(next, 'utf8')).to.equal('mine')
        },
      }
    },
  )

  it('is every update and restore where the operator wants it', async () => {
    const observing = await another({ options: { 'DEFAULT:observe_on_update': 'true' } })
    const [stack, path] = await created('one', observing.api())
    writeFileSync(path, 'theirs')
    expect(await foreseen(stack, holding('one'), {})).to.include({ a: 'updated' })
    await updated(stack, holding('one'), {})
    expect(readFileSync(path, 'utf8')).to.equal('one')

    const { body } = await stack.api.send('POST', `${stack.path}/snapshots`, {})
    await stack.reaches('SNAPSHOT_COMPLETE')
    writeFileSync(path, 'theirs')
    await stack.api.send('POST', `${stack.path}/snapshots/${body.id}/restore`)
    await stack.reaches('RESTORE_COMPLETE')
    expect(readFileSync(path, 'utf8')).to.equal('one')
    expect(readdirSync(folder)).to.include(path.split('/').at(-1))
  })
})
