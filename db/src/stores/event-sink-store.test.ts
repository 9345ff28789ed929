import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { eachPostgres } from '../testing/each-postgres.js'
import type { Transaction } from '../transaction.js'
import { eventSinks } from './event-sink-store.js'
import { events } from './event-store.js'

eachPostgres('sinks of events', bench => {
  const sink = (digest: string) => ({ id: randomUUID(), digest, sink: `sealed ${digest}` })
  const write = (
    tx: Transaction,
    stackId: string,
    name: string,
    properties: { size: number } | null = null,
  ): Promise<void> =>
    events.insertMany(tx, [
      {
        id: randomUUID(),
        stackId,
        rootId: stackId,
        resourceName: name,
        resourceType: 'T',
        physicalId: null,
        action: 'CREATE',
        status: 'COMPLETE',
        statusReason: '',
        properties,
      },
    ])
  const add = (stackId: string, name: string): Promise<void> => bench().db.transaction(tx => write(tx, stackId, name))
  const follow = (stackId: string, ...digests: string[]): Promise<void> =>
    bench().db.transaction(tx => eventSinks.follow(tx, { id: stackId, rootId: stackId }, digests.map(sink)))
  /** Sends all that is due of a stack. @returns names of events, by sink. */
  const send = async (stackId: string): Promise<Record<string, string[]>> => {
    const { db } = bench()
    await eventSinks.settle(db)
    const claimed = (await eventSinks.claim(db, 10, 60)).filter(one => one.stackId === stackId)
    const batches = await eventSinks.batches(
      db,
      claimed.map(({ id }) => id),
      10,
    )
    const all = claimed.map(({ id, token }) => ({
      id,
      token,
      seqs: (batches.get(id) ?? []).map(({ seq }) => seq),
    }))
    await db.transaction(tx => eventSinks.delivered(tx, all))
    return Object.fromEntries(
      claimed.map(one => [one.sink.slice(7), (batches.get(one.id) ?? []).map(({ resourceName }) => resourceName)]),
    )
  }

  it('get with each event the properties that its resource had then', async () => {
    const stackId = randomUUID()
    await follow(stackId, 'a')
    await add(stackId, 'none')
    for (const properties of [{ size: 1 }, null, { size: 2 }, null]) {
      await bench().db.transaction(tx => write(tx, stackId, 'one', properties))
    }
    await add(stackId, 'other')
    await eventSinks.settle(bench().db)
    const [found] = (await eventSinks.claim(bench().db, 10, 60)).filter(one => one.stackId === stackId)
    const batches = await eventSinks.batches(bench().db, [found?.id ?? ''], 10)
    expect([...batches.values()].flat().map(({ properties }) => properties)).to.deep.equal([
      null,
      { size: 1 },
      { size: 1 },
      { size: 2 },
      { size: 2 },
      null,
    ])
  })

  it('that have ended and begin again first get what was before', async () => {
    const stackId = randomUUID()
    await follow(stackId, 'a')
    await add(stackId, 'before')
    await follow(stackId, 'b')
    await add(stackId, 'between')
    await follow(stackId, 'a')
    await add(stackId, 'after')
    expect(await send(stackId)).to.deep.equal({ a: ['before'], b: ['between'] })
    expect(await send(stackId)).to.deep.equal({ a: ['after'] })
  })

  it('get what is committed late, and nothing twice', async () => {
    const stackId = randomUUID()
    await add(stackId, 'before')
    await follow(stackId, 'a')
    let commit: () => void = () => undefined
    const open = new Promise<void>(resolve => (commit = resolve))
    let written: () => void = () => undefined
    const isWritten = new Promise<void>(resolve => (written = resolve))
    const late = bench().db.transaction(async tx => {
      await write(tx, stackId, 'late')
      written()
      await open
    })
    await isWritten
    await add(stackId, 'early')
    expect(await send(stackId)).to.deep.equal({ a: ['early'] })
    expect(await send(stackId)).to.deep.equal({})
    commit()
    await late
    expect(await send(stackId)).to.deep.equal({ a: ['late'] })
    await add(stackId, 'next')
    expect(await send(stackId)).to.deep.equal({ a: ['next'] })
    await eventSinks.settle(bench().db)
    const [row] = await bench().db.query<{ ahead: string[] }>('SELECT ahead FROM event_sink WHERE stack_id = $1', [
      stackId,
    ])
    expect(row?.ahead).to.deep.equal([])
  })

  it('get what happens while they are those of the stack', async () => {
    const stackId = randomUUID()
    await follow(stackId, 'a', 'b')
    await add(stackId, 'one')
    await follow(stackId, 'b', 'c')
    await add(stackId, 'two')
    expect(await send(stackId)).to.deep.equal({ a: ['one'], b: ['one', 'two'], c: ['two'] })
    await follow(stackId)
    await add(stackId, 'three')
    expect(await send(stackId)).to.deep.equal({})
  })

  it('that somebody holds, or that are to be tried again later, are nobody else’s meanwhile', async () => {
    const { db } = bench()
    const stackId = randomUUID()
    await follow(stackId, 'a')
    await add(stackId, 'one')
    const claim = async (seconds: number) =>
      (await eventSinks.claim(db, 10, seconds)).find(one => one.stackId === stackId)
    const held = await claim(0)
    expect(held).to.include({ attempts: 1, failingSeconds: 0 })
    // Its time is over: another one has it, and what the first says counts for nothing.
    const second = await claim(60)
    expect(second?.attempts).to.equal(2)
    expect(await claim(60)).to.equal(undefined)
    const failed = (one: typeof held, seconds: number): Promise<void> =>
      db.transaction(tx => eventSinks.failed(tx, [{ id: one?.id ?? '', token: one?.token ?? '', seconds }]))
    await failed(held, 0)
    expect(await claim(60)).to.equal(undefined)
    await failed(second, 60)
    expect(await claim(60)).to.equal(undefined)
  })

  it('go away when their stack has been gone for a while, and they have sent everything', async () => {
    const stackId = randomUUID()
    await follow(stackId, 'a')
    const left = async (): Promise<number> =>
      (await bench().db.query('SELECT id FROM event_sink WHERE stack_id = $1', [stackId])).length
    await add(stackId, 'one')
    await eventSinks.forget(bench().db)
    expect(await left()).to.equal(1)
    await send(stackId)
    await eventSinks.forget(bench().db)
    expect(await left()).to.equal(0)
  })
})
