import type { Json, JsonMap, Progress, ResourceType, StoredResource } from '@hearth/core/plugin'
import { expect } from 'chai'
import fc from 'fast-check'
import { failureOf, noon, propertiesOf, stepOf } from '../testing/context.js'
import { parseDuration } from './duration.js'
import { timetableOf } from './due.js'
import { schedule } from './schedule.js'
import { sleep } from './sleep.js'

let now = noon
const scheduled = schedule({ now: () => now })
const refusal = (type: ResourceType, given: JsonMap): Promise<string> =>
  failureOf(() => type.validate?.(propertiesOf(type, given), { name: 'a', timeoutSeconds: 3600 }))

/** Calls a step until it is done. @returns how long it waited each time, and what it answers. */
async function run(type: ResourceType, given: JsonMap, step: 'create' | 'update' | 'delete' = 'create') {
  const waits: number[] = []
  let [at, cursor]: [number, Json | undefined] = [noon, undefined]
  for (;;) {
    const progress: Progress | undefined = await type[step]?.(stepOf(type, given, { now: () => at }), cursor)
    if (progress?.kind !== 'again') return { waits, progress }
    const { afterMs } = progress.wake as { afterMs: number }
    waits.push(afterMs)
    at += afterMs
    cursor = progress.cursor
  }
}

describe('a duration', () => {
  it('is what its parts are together', () =>
    fc.assert(
      fc.property(fc.nat(99), fc.nat(99), fc.nat(999), (hours, minutes, ms) => {
        expect(parseDuration(`${hours}h${minutes}m${ms}ms`)).to.equal(hours * 3_600_000 + minutes * 60_000 + ms)
        expect(parseDuration(`${minutes}`)).to.equal(parseDuration(`${minutes}s`))
      }),
    ))

  it('is nothing else', () => {
    for (const text of ['', ' ', '1x', 'h', '1h 2m', '-1s', '1h2', 'Infinity', '1e3'])
      expect(parseDuration(text), text).to.equal(undefined)
    expect(parseDuration('1.5s')).to.equal(1500)
  })
})

describe('Hearth::Time::Sleep', () => {
  const given = { create_duration: '1m30s', delete_duration: '2', triggers: { a: 1 } }

  it('waits once when it is created and when it is deleted, and not when it is updated', async () => {
    const created = await run(sleep, given)
    expect(created.waits).to.deep.equal([90_000])
    expect(created.progress).to.deep.include({ attributes: { triggers: { a: 1 } }, physicalId: 'stack-a-abcdefghijkl' })
    expect((await run(sleep, given, 'update')).waits).to.deep.equal([])
    expect((await run(sleep, given, 'delete')).waits).to.deep.equal([2000])
    expect((await run(sleep, {})).waits).to.deep.equal([])
  })

  it('refuses what is no duration, or longer than the stack has time', async () => {
    sleep.validate?.(propertiesOf(sleep, given), { name: 'a', timeoutSeconds: 3600 })
    expect(await refusal(sleep, { create_duration: 'soon' })).to.match(/create_duration: 'soon' is no duration/)
    expect(await refusal(sleep, { delete_duration: '61m' })).to.match(/longer than the stack's timeout of 3600 s/)
  })
})

describe('Hearth::Time::Schedule', () => {
  it('waits until its time, or the next one of its cron expression', async () => {
    for (const [given, due] of [
      [{ at: '2026-03-01T14:00:00+01:00' }, '2026-03-01T13:00:00Z'],
      [{ at: '2026-03-01T11:59:59Z' }, '2026-03-01T11:59:59Z'],
      [{ cron: '30 2 * * *' }, '2026-03-02T02:30:00Z'],
      [{ cron: '0 12 * * *' }, '2026-03-02T12:00:00Z'],
      [{ cron: '*/10 0 12 * * *' }, '2026-03-01T12:00:10Z'],
      [{ cron: '0 9 * * MON#2', timezone: 'America/New_York' }, '2026-03-09T13:00:00Z'],
      [{ cron: '@yearly', wait: false }, '2027-01-01T00:00:00Z'],
    ] as const) {
      const { waits, progress } = await run(scheduled, given)
      const ms = Date.parse(due)
      expect(waits, due).to.deep.equal(ms > noon && !('wait' in given) ? [ms - noon] : [])
      expect(progress).to.deep.include({ attributes: { rfc3339: due, unix: ms / 1000 } })
    }
  })

  it('is due once when clocks change', () => {
    const table = (cron: string) => timetableOf(propertiesOf(scheduled, { cron, timezone: 'Europe/Berlin' }))
    const days = (cron: string, from: string) => {
      const first = table(cron).after(Date.parse(from)) as number
      return [first, table(cron).after(first) as number].map(ms => new Date(ms).toISOString().slice(0, 16))
    }
    expect(days('30 2 * * *', '2026-03-28T12:00:00Z')).to.deep.equal(['2026-03-29T01:00', '2026-03-30T00:30'])
    expect(days('30 2 * * *', '2026-10-24T12:00:00Z')).to.deep.equal(['2026-10-25T00:30', '2026-10-26T01:30'])
  })

  it('is replaced once the time that it told has passed, if it did not wait and there is another', async () => {
    const gone = async (given: JsonMap, at: number): Promise<boolean> => {
      now = at
      const { progress } = await run(scheduled, given)
      const { attributes } = progress as unknown as StoredResource
      const stored = { properties: propertiesOf(scheduled, given), attributes } as StoredResource
      return (await scheduled.observe?.(stored, AbortSignal.timeout(1000), { project: 'demo' })) === undefined
    }
    const daily = { cron: '@daily', wait: false }
    const midnight = Date.parse('2026-03-02T00:00:00Z')
    expect(await gone(daily, midnight - 1)).to.equal(false)
    expect(await gone(daily, midnight)).to.equal(true)
    expect(await gone({ cron: '@daily' }, midnight)).to.equal(false)
    expect(await gone({ at: '2026-03-01T12:00:01Z', wait: false }, midnight)).to.equal(false)
  })

  it('tells the next time at each use', async () => {
    const next = (given: JsonMap) =>
      scheduled.read?.({ properties: propertiesOf(scheduled, given) } as unknown as StoredResource, 'next', [])
    now = Date.parse('2026-03-05T00:00:00Z')
    expect(await next({ cron: '@daily' })).to.equal('2026-03-06T00:00:00Z')
    expect(await next({ at: '2026-03-05T00:00:00Z' })).to.equal(null)
  })

  it('refuses what is no time', async () => {
    expect(await refusal(scheduled, {})).to.match(/expected either at or cron, and not both/)
    expect(await refusal(scheduled, { at: '2026-03-01', cron: '@daily' })).to.match(/not both/)
    for (const at of ['2026-03-01', '2026-03-01T12:00:00', '2026-13-01T12:00:00Z', 'tomorrow'])
      expect(await refusal(scheduled, { at }), at).to.match(/is no time of RFC 3339/)
    for (const cron of ['* * * *', '61 * * * *', '2026-03-01T12:00:00', '* * * * * * 2026', '@never'])
      expect(await refusal(scheduled, { cron }), cron).to.match(/is no cron expression/)
    expect(await refusal(scheduled, { cron: '@daily', timezone: 'Mars/Olympus' })).to.match(/is no time zone/)
    expect(await refusal(scheduled, { cron: '0 0 30 2 *' })).to.match(/never due/)
    expect(await failureOf(() => scheduled.create(stepOf(scheduled, { cron: '0 0 30 2 *' })))).to.match(/never due/)
  })
})
