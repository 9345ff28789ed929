import { expect } from 'chai'
import type { Body } from './kit/api.js'
import { eachEngine, hiddenTag } from './kit/engines.js'
import { template, value } from './kit/templates.js'

const content = template({ a: value('x') })

eachEngine('tags', ({ daemon, name, engine }) => {
  const api = () => daemon().api(`tags-of-${engine.name}`)
  const listed = async (query: string): Promise<string[]> =>
    (await api().get(`/stacks?${query}`)).body.stacks.map((one: Body) => one.stack_name)

  it('are kept by PATCH, and go with a PUT that has none', async () => {
    const stack = await api().create(name(), content, { tags: 'x,y' })
    expect((await stack.reaches('CREATE_COMPLETE')).tags).to.deep.equal(['x', 'y'])
    await stack.api.send('PATCH', stack.path, {})
    expect((await stack.reaches('UPDATE_COMPLETE')).tags).to.deep.equal(['x', 'y'])
    await stack.api.send('PATCH', stack.path, { tags: 'z' })
    expect((await stack.settled()).tags).to.deep.equal(['z'])
    await stack.api.send('PUT', stack.path, { template: content, existing: true })
    expect((await stack.settled()).tags).to.deep.equal(['z'])
    await stack.update(content)
    expect((await stack.settled()).tags).to.deep.equal([])
  })

  it('choose what is listed, and hide stacks', async () => {
    const [both, one, hidden] = [name(), name(), name()]
    await (await api().create(both, content, { tags: 'p,q' })).reaches('CREATE_COMPLETE')
    await (await api().create(one, content, { tags: 'p' })).reaches('CREATE_COMPLETE')
    await (await api().create(hidden, content, { tags: `p,q,${hiddenTag}` })).reaches('CREATE_COMPLETE')
    expect(await listed('tags=p,q')).to.deep.equal([both])
    expect(await listed('tags_any=p,q')).to.have.members([both, one])
    expect(await listed('tags_any=p,q&not_tags=p,q')).to.deep.equal([one])
    expect(await listed('tags=p&not_tags_any=q')).to.deep.equal([one])
    expect(await listed('tags=p&show_hidden=true')).to.have.members([both, one, hidden])
    expect(await listed('stack_user_project_id=any')).to.deep.equal([])
  })
})
