import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { templates } from '@hearth/conformance'
import { expect } from 'chai'
import { onEachEngine } from './ground.js'

const { template } = templates

onEachEngine('programs', ({ api, daemon, root, name }) => {
  /** Each step appends a line to `log` in the folder, and the file `there` is what is made. */
  const content = (stackName: string, word: string, more: object = {}) =>
    template(
      {
        dir: { type: 'Hearth::File::Directory', properties: { path: stackName, purge: true } },
        made: {
          type: 'Hearth::Process::Command',
          properties: {
            working_directory: { get_resource: 'dir' },
            create: ['/bin/sh', '-c', 'echo "$HEARTH_STEP $APP_WORD" | tee -a log >&2; touch there; cat'],
            update: ['/bin/sh', '-c', 'echo "$HEARTH_STEP $APP_WORD" >> log; touch there; cat'],
            delete: ['/bin/sh', '-c', 'echo "$HEARTH_STEP $APP_WORD" >> ../$HEARTH_STACK.log; rm there'],
            check: ['/bin/sh', '-c', 'test -e there || { echo "it is not there" >&2; exit 1; }'],
            environment: { APP_WORD: word },
            input: '{"answer": 42}',
            ...more,
          },
        },
      },
      {
        json: { get_attr: ['made', 'json', 'answer'] },
        stderr: { get_attr: ['made', 'stderr'] },
        code: { get_attr: ['made', 'exit_code'] },
      },
    )

  it('make something, change it, mend it when it has drifted, and remove it', async () => {
    const stackName = name()
    const log = (): string[] =>
      readFileSync(join(root, 'demo', stackName, 'log'), 'utf8')
        .trim()
        .split('\n')
    const there = join(root, 'demo', stackName, 'there')
    const stack = await api().create(stackName, content(stackName, 'first-word'))
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ json: 42, stderr: 'create first-word\n', code: 0 })
    expect((await stack.resources()).made.physical_resource_id).to.match(/-made-\w{12}$/)

    await stack.update(content(stackName, 'second-word', { timeout: 5 }))
    await stack.reaches('UPDATE_COMPLETE')
    await stack.update(content(stackName, 'second-word', { timeout: 6 }))
    await stack.reaches('UPDATE_COMPLETE')
    expect(log()).to.deep.equal(['create first-word', 'update second-word'])

    await stack.action('check')
    await stack.reaches('CHECK_COMPLETE')
    rmSync(there)
    await stack.update(content(stackName, 'second-word', { timeout: 6 }), { converge: true })
    await stack.reaches('UPDATE_COMPLETE')
    expect(existsSync(there)).to.equal(true)
    expect(log()).to.have.length(3)
    rmSync(there)
    await stack.action('check')
    expect((await stack.reaches('CHECK_FAILED')).stack_status_reason).to.include(
      "'/bin/sh' ended with 1: it is not there",
    )

    await stack.update(content(stackName, 'second-word', { timeout: 6 }))
    expect((await stack.settled()).stack_status).to.equal('UPDATE_COMPLETE')
    expect(existsSync(there)).to.equal(true)
    expect(log()).to.have.length(4)
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    expect(readFileSync(join(root, 'demo', `${stackName}.log`), 'utf8')).to.equal('delete second-word\n')
    expect(daemon().log).not.to.match(/(first|second)-word/)
  })

  it('that fail or take too long fail their resource; what removes it is run all the same', async () => {
    const stackName = name()
    const stack = await api().create(
      stackName,
      template({
        slow: {
          type: 'Hearth::Process::Command',
          properties: { create: ['/bin/sh', '-c', 'sleep 1000'], timeout: 0.3, delete: ['/bin/sh', '-c', 'exit 4'] },
        },
      }),
    )
    expect((await stack.reaches('CREATE_FAILED')).stack_status_reason).to.include('did not end within 0.3 s')
    await stack.delete()
    expect((await stack.reaches('DELETE_FAILED')).stack_status_reason).to.include("'/bin/sh' ended with 4")
  })

  it('are ended by a delete of their stack', async () => {
    const stack = await api().create(
      name(),
      template({
        slow: { type: 'Hearth::Process::Command', properties: { create: ['/bin/sh', '-c', 'sleep 1000'] } },
      }),
    )
    await stack.resourceReaches('slow', 'CREATE_IN_PROGRESS')
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('that the operator does not allow are refused at once', async () => {
    const refused = async (properties: Record<string, unknown>): Promise<string> => {
      const { status, body } = await api().send('POST', '/stacks', {
        stack_name: name(),
        template: template({ a: { type: 'Hearth::Process::Command', properties } }),
      })
      expect(status, JSON.stringify(body)).to.equal(400)
      return body.error.message
    }
    expect(await refused({ create: ['cat', '/etc/passwd'] })).to.include("'cat' is not among the programs")
    expect(await refused({ create: ['touch', 'x'], environment: { LD_PRELOAD: 'x' } })).to.include("'LD_PRELOAD'")
  })

  it('cannot be imported', async () => {
    const { status, body } = await api().send('POST', '/stacks', {
      stack_name: name(),
      template: template({ a: { type: 'Hearth::Process::Command', external_id: 'x' } }),
    })
    expect(status).to.equal(400)
    expect(body.error.message).to.match(/^resources\.a\.external_id: .*nothing that could be imported/)
  })
})
