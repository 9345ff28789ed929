import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { templates } from '@hearth/conformance'
import { expect } from 'chai'
import { onEachEngine } from './ground.js'

const { template } = templates

const directory = (properties: object, more: object = {}) => ({
  type: 'Hearth::File::Directory',
  properties: { ...properties },
  ...more,
})
const file = (path: unknown, properties: object = {}, more: object = {}) => ({
  type: 'Hearth::File::File',
  properties: { path, ...properties },
  ...more,
})
const within = (folder: string, name: string) => ({ list_join: ['/', [{ get_resource: folder }, name]] })

onEachEngine('files and folders', ({ api, root, name }) => {
  const at = (...path: string[]): string => join(root, 'demo', ...path)
  const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8)

  it('are made, changed in place, moved and removed', async () => {
    const stackName = name()
    const content = (text: string, path: string, dirMode = '0750') =>
      template(
        {
          dir: directory({ path: stackName, mode: dirMode }),
          text: file(within('dir', path), { content: text, mode: '0600' }),
          bytes: file(within('dir', 'bytes'), { content: '/wA=', encoding: 'base64' }),
        },
        {
          sha256: { get_attr: ['text', 'sha256'] },
          path: { get_attr: ['text', 'path'] },
          size: { get_attr: ['bytes', 'size'] },
        },
      )
    const stack = await api().create(stackName, content('one', 'a.txt'))
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({
      sha256: '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',
      path: at(stackName, 'a.txt'),
      size: 2,
    })
    expect(readFileSync(at(stackName, 'a.txt'), 'utf8')).to.equal('one')
    expect([mode(at(stackName)), mode(at(stackName, 'a.txt'))]).to.deep.equal(['750', '600'])
    expect([...readFileSync(at(stackName, 'bytes'))]).to.deep.equal([0xff, 0])
    const { text } = await stack.resources()
    expect(text.physical_resource_id).to.equal(`demo/${stackName}/a.txt`)
    const { events } = (await api().get(`${stack.path}/resources/text/events`)).body
    const { event } = (await api().get(`${stack.path}/resources/text/events/${events[0].id}`)).body
    expect(event.resource_properties).to.include({ content: '******', mode: '0600' })

    await stack.update(content('two', 'a.txt', '0700'))
    await stack.reaches('UPDATE_COMPLETE')
    expect(readFileSync(at(stackName, 'a.txt'), 'utf8')).to.equal('two')
    expect(mode(at(stackName))).to.equal('700')

    await stack.update(content('two', 'b.txt', '0700'))
    await stack.reaches('UPDATE_COMPLETE')
    expect(readdirSync(at(stackName)).sort()).to.deep.equal(['b.txt', 'bytes'])

    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    expect(existsSync(at(stackName))).to.equal(false)
  })

  it('that have drifted are found by a check and mended by an update, also by one that compares with reality', async () => {
    const stackName = name()
    const content = template({
      dir: directory({ path: stackName }),
      text: file(within('dir', 'a'), { content: 'ours' }),
      other: file(within('dir', 'b'), { content: 'ours' }),
    })
    const [a, b] = [at(stackName, 'a'), at(stackName, 'b')]
    const stack = await api().create(stackName, content)
    await stack.reaches('CREATE_COMPLETE')
    await stack.action('check')
    await stack.reaches('CHECK_COMPLETE')

    writeFileSync(a, 'theirs')
    chmodSync(b, 0o600)
    await stack.action('check')
    const { stack_status_reason } = await stack.reaches('CHECK_FAILED')
    expect(stack_status_reason)
      .to.include(`demo/${stackName}/a holds something else: its SHA-256 is `)
      .and.to.include(`demo/${stackName}/b has the mode 0600, expected 0644`)
    await stack.update(content)
    await stack.reaches('UPDATE_COMPLETE')
    expect([readFileSync(a, 'utf8'), mode(b)]).to.deep.equal(['ours', '644'])

    writeFileSync(a, 'theirs')
    await stack.update(content)
    await stack.reaches('UPDATE_COMPLETE')
    expect(readFileSync(a, 'utf8'), 'nothing was looked at').to.equal('theirs')
    await stack.update(content, { converge: true })
    await stack.reaches('UPDATE_COMPLETE')
    expect(readFileSync(a, 'utf8')).to.equal('ours')
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('of others are neither overwritten nor removed, but may be imported', async () => {
    const stackName = name()
    mkdirSync(at(), { recursive: true })
    writeFileSync(at(stackName), 'theirs')
    const stack = await api().create(stackName, template({ text: file(stackName, { content: 'ours' }) }))
    const { stack_status_reason } = await stack.reaches('CREATE_FAILED')
    expect(stack_status_reason).to.include(`demo/${stackName}: something of that name is there already`)
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    expect(readFileSync(at(stackName), 'utf8')).to.equal('theirs')

    const imported = (id: string) =>
      template({ text: { type: 'Hearth::File::File', external_id: id } }, { size: { get_attr: ['text', 'size'] } })
    const importing = await api().create(name(), imported(`demo/${stackName}`))
    await importing.reaches('CREATE_COMPLETE')
    expect(await importing.outputs()).to.deep.equal({ size: 6 })
    await importing.delete()
    await importing.reaches('DELETE_COMPLETE')
    expect(readFileSync(at(stackName), 'utf8')).to.equal('theirs')

    const foreign = { stack_name: name(), template: imported(`other/${stackName}`) }
    const { status, body } = await api().send('POST', '/stacks', foreign)
    expect([status, body.error?.message]).to.deep.equal([
      400,
      `resources.text.external_id: : 'other/${stackName}' is not of this project; expected a path that begins with 'demo/'.`,
    ])
  })

  it('that are not empty are removed only if that was asked for', async () => {
    const stackName = name()
    const content = (purge: boolean) => template({ dir: directory({ path: stackName, purge }) })
    const stack = await api().create(stackName, content(false))
    await stack.reaches('CREATE_COMPLETE')
    mkdirSync(at(stackName, 'deep', 'er'), { recursive: true })
    symlinkSync('/', at(stackName, 'deep', 'out'))
    await stack.delete()
    expect((await stack.reaches('DELETE_FAILED')).stack_status_reason).to.include('is not empty')

    const other = await api().create(name(), template({ dir: directory({ path: `${stackName}/deep/x`, purge: true }) }))
    await other.reaches('CREATE_COMPLETE')
    mkdirSync(at(stackName, 'deep', 'x', 'y', 'z'), { recursive: true })
    symlinkSync('/', at(stackName, 'deep', 'x', 'y', 'out'))
    await other.delete()
    await other.reaches('DELETE_COMPLETE')
    expect(readdirSync(at(stackName, 'deep')).sort()).to.deep.equal(['er', 'out'])
  })

  it('never lie outside of the root', async () => {
    const refused = async (path: string): Promise<string> => {
      const { status, body } = await api().send('POST', '/stacks', {
        stack_name: name(),
        template: template({ text: file(path) }),
      })
      expect(status, path).to.equal(400)
      return body.error.message
    }
    for (const path of ['../x', '/etc/x', 'a/../../x', 'a//x', ''])
      expect(await refused(path)).to.include('is not allowed')

    const stackName = name()
    mkdirSync(at(), { recursive: true })
    symlinkSync('/tmp', at(stackName))
    const stack = await api().create(name(), template({ text: file(`${stackName}/x`) }))
    expect((await stack.reaches('CREATE_FAILED')).stack_status_reason).to.include(
      `'${stackName}' is a link that leads out of the root`,
    )
  })
})
