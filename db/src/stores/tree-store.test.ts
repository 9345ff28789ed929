import { expect } from 'chai'
import { eachPostgres, stackRow } from '../testing/each-postgres.js'
import { resources } from './resource-store.js'
import { stacks } from './stack-store.js'
import { trees } from './tree-store.js'

eachPostgres('trees', bench => {
  const insert = async (patch: Parameters<typeof stackRow>[0] = {}) => {
    const row = stackRow(patch)
    await bench().db.transaction(tx => stacks.insert(tx, row))
    return row
  }
  const tree = async (patch: Parameters<typeof stackRow>[0] = {}) => {
    const root = await insert(patch)
    const child = await insert({ ...patch, name: `${root.name}-child`, rootId: root.id, parentId: root.id, depth: 1 })
    return { root, child, ids: [root.id, child.id] }
  }

  it('are locked without waiting, as far as nobody else has them', async () => {
    const { db } = bench()
    const { root, child, ids } = await tree()
    await db.transaction(async tx => {
      await stacks.lock(tx, child.id)
      expect([...(await db.transaction(other => trees.lock(other, root.id)))]).to.deep.equal([root.id])
    })
    expect([...(await db.transaction(tx => trees.lock(tx, root.id)))]).to.have.members(ids)
  })

  it('list their live members, the root first, with what their rows lack', async () => {
    const { db } = bench()
    const { root, child } = await tree()
    const gone = await insert({ rootId: root.id, parentId: root.id, depth: 1 })
    const rows = [1, 2, 3].map(index => ({
      id: stackRow().id,
      stackId: child.id,
      rootId: root.id,
      name: `r${index}`,
      type: 'T',
      replaces: null,
    }))
    await db.transaction(async tx => {
      await stacks.softDelete(tx, gone.id)
      await resources.insertMany(tx, rows)
      await tx.query(`UPDATE resource SET action = 'CREATE' WHERE id = $1`, [rows[0]?.id])
    })
    const members = await trees.members(db, root.id)
    expect(members.map(({ id, resources: count, old }) => ({ id, count, old }))).to.deep.equal([
      { id: root.id, count: 0, old: 0 },
      { id: child.id, count: 3, old: 1 },
    ])
    expect((await trees.old(db, [root.id])).map(({ id }) => id)).to.deep.equal([child.id])
  })

  it('are running while a member is IN_PROGRESS', async () => {
    const { db } = bench()
    const [one, two] = [await tree(), await tree()]
    await db.transaction(tx => stacks.update(tx, two.child.id, { status: 'IN_PROGRESS' }))
    expect([...(await trees.running(db, [one.root.id, two.root.id]))]).to.deep.equal([two.root.id])
  })

  it('are found by engine and project, or by name and id', async () => {
    const { db } = bench()
    const project = stackRow().name
    const { root, child } = await tree({ project, engine: 'here' })
    const other = await insert({ project: `${project}-2`, name: root.name, engine: 'there' })
    const ids = async (from: string | undefined, to: string) =>
      (await trees.roots(db, { from, to, project })).map(({ id }) => id)
    expect(await ids('here', 'there')).to.deep.equal([root.id])
    expect(await ids(undefined, 'here')).to.deep.equal([])
    expect(await ids('there', 'here')).to.deep.equal([])
    const called = async (words: string[], of?: string) =>
      (await trees.called(db, { words, project: of })).map(({ id, rootName }) => ({ id, rootName }))
    expect(await called([root.name])).to.have.deep.members([
      { id: root.id, rootName: root.name },
      { id: other.id, rootName: root.name },
    ])
    expect(await called([root.name], project)).to.deep.equal([{ id: root.id, rootName: root.name }])
    expect(await called([child.id])).to.deep.equal([{ id: child.id, rootName: root.name }])
    expect(await called(["no'body"])).to.deep.equal([])
  })

  it('get another flag, and nobody stays at work on their rows', async () => {
    const { db } = bench()
    const { root, ids } = await tree()
    const row = { id: stackRow().id, stackId: root.id, rootId: root.id, name: 'r', type: 'T', replaces: null }
    await db.transaction(async tx => {
      await resources.insertMany(tx, [row])
      await tx.query(`UPDATE resource SET actor = 'somebody' WHERE id = $1`, [row.id])
      await trees.flip(tx, ids, 'elsewhere')
    })
    expect((await trees.members(db, root.id)).map(({ engine }) => engine)).to.deep.equal(['elsewhere', 'elsewhere'])
    expect((await resources.byIds(db, [row.id]))[0]?.actor).to.equal(null)
    const lost = (await trees.without(db, ['legacy', 'here', 'there'])).find(({ engine }) => engine === 'elsewhere')
    expect(lost).to.deep.equal({ engine: 'elsewhere', count: 1, names: [root.name] })
  })
})
