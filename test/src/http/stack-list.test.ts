import { type Api, templates } from '@hearth/conformance'
import { expect } from 'chai'
import { ofTheApi } from './ground.js'

const { template, value } = templates

ofTheApi('the list of stacks', ({ daemon }) => {
  let list: Api
  before(async () => {
    list = daemon().api('listed')
    for (const [name, tags] of [
      ['c', 'x'],
      ['a', 'x,y'],
      ['b', ''],
    ] as const) {
      await (await list.create(name, template({ v: value(name) }), tags === '' ? {} : { tags })).settled()
    }
  })
  const names = async (query: string): Promise<string[]> => {
    const { status, body } = await list.get(`/stacks?${query}`)
    expect(status, JSON.stringify(body)).to.equal(200)
    return body.stacks.map((stack: { stack_name: string }) => stack.stack_name)
  }

  it('is newest first, and sorts by what is asked', async () => {
    expect(await names('')).to.deep.equal(['b', 'a', 'c'])
    expect(await names('sort_keys=stack_name')).to.deep.equal(['a', 'b', 'c'])
    expect(await names('sort_keys=stack_name&sort_dir=desc')).to.deep.equal(['c', 'b', 'a'])
    expect(await names('sort_keys=nonsense')).to.deep.equal(['b', 'a', 'c'])
    expect((await list.get('/stacks?sort_dir=sideways')).status).to.equal(400)
  })

  it('pages by limit and marker without losing or repeating one', async () => {
    for (const sort of [
      '',
      'sort_keys=stack_name&',
      'sort_keys=updated_time&',
      'sort_keys=stack_status&sort_dir=desc&',
    ]) {
      const seen: string[] = []
      let marker = ''
      for (;;) {
        const { body } = await list.get(`/stacks?${sort}limit=2${marker}`)
        seen.push(...body.stacks.map((stack: { stack_name: string }) => stack.stack_name))
        if (body.links === undefined) break
        expect(body.links[0].rel).to.equal('next')
        marker = `&marker=${body.stacks.at(-1).id}`
      }
      expect(seen, sort).to.have.members(['a', 'b', 'c']).and.have.length(3)
    }
    expect(await names('limit=0')).to.deep.equal([])
  })

  it('filters by name, status, id and tags', async () => {
    expect(await names('name=a&name=b&sort_keys=stack_name')).to.deep.equal(['a', 'b'])
    expect(await names('status=COMPLETE&name=c')).to.deep.equal(['c'])
    expect(await names('status=CREATE_COMPLETE&name=c')).to.deep.equal(['c'])
    expect(await names('stack_status=CREATE_FAILED')).to.deep.equal([])
    expect(await names('id=nonsense')).to.deep.equal([])
    expect(await names('tags=x,y')).to.deep.equal(['a'])
    expect(await names('tags_any=x,y&sort_keys=stack_name')).to.deep.equal(['a', 'c'])
    expect(await names('not_tags=x,y&sort_keys=stack_name')).to.deep.equal(['b', 'c'])
    expect(await names('not_tags_any=x,y')).to.deep.equal(['b'])
  })

  it('counts, and shows null where there are no tags', async () => {
    const { body } = await list.get('/stacks?with_count=True&limit=1')
    expect(body.count).to.equal(3)
    expect(body.stacks[0].tags).to.equal(null)
    expect(body.stacks[0]).not.to.have.property('project')
    await (async () => expect((await list.get('/stacks?global_tenant=True')).status).to.equal(403))()
    expect((await list.get('/stacks?limit=x')).body.error.message).to.equal("Only integer is acceptable by 'limit'.")
  })

  it('has deleted stacks, if asked for, until the operator has them purged', async () => {
    const api = daemon().api('purged')
    const [kept, deleted] = [await api.create('kept', template({})), await api.create('deleted', template({}))]
    for (const stack of [kept, deleted]) await stack.settled()
    await deleted.delete()
    await deleted.reaches('DELETE_COMPLETE')
    const all = async (): Promise<string[]> =>
      (await api.get('/stacks?show_deleted=true')).body.stacks.map((stack: { id: string }) => stack.id)
    const purge = (...args: string[]) => daemon().manage('purge-deleted', ...args, '--project-id', 'purged')
    expect(await purge('1')).to.deep.equal({ code: 0, output: 'No stack was deleted so long ago.\n' })
    expect(await all()).to.have.members([kept.id, deleted.id])
    expect(await purge('0', '--granularity', 'seconds')).to.deep.equal({
      code: 0,
      output: 'Deleted stacks are purged: 1.\n',
    })
    expect(await all()).to.deep.equal([kept.id])
    expect((await api.get(`/stacks/deleted/${deleted.id}`)).status).to.equal(404)
    expect((await purge('soon')).output).to.equal('ERROR: age should be an integer\n')
  })
})
