import { expect } from 'chai'
import type { Stack } from './kit/api.js'
import { eachEngine, early } from './kit/engines.js'
import { file, insideSoon } from './kit/nested.js'
import { template, test } from './kit/templates.js'

/** By engine. A minute is long: the other cases run meanwhile. */
const waiting = new Map<string, Stack>()
const minute = 60_000
const patience = 30_000

early(async ({ name }, daemon) => {
  const slow = test({ wait_secs: 3600, action_wait_secs: { delete: 0 } })
  const files = { 'inner.yaml': file({ slow }) }
  const nested = template({ nest: { type: 'inner.yaml' } })
  waiting.set(name, await daemon.api().create('a-minute', nested, { files, timeout_mins: 1 }))
})

eachEngine('an operation with timeout_mins', ({ engine }) => {
  it('ends after so many minutes, counted from its beginning, and so do those of stacks inside', async function () {
    this.timeout(minute + 2 * patience)
    const stack = waiting.get(engine.name) as Stack
    const nested = await insideSoon(stack, 'nest')
    const shown = await stack.reaches('CREATE_FAILED', minute + patience)
    expect(shown).to.include({ stack_status_reason: 'Timed out', timeout_mins: 1 })
    const { events } = (await stack.api.get(`${stack.path}/events?sort_dir=asc`)).body
    const failed = events.findLast((one: { resource_name: string }) => one.resource_name === stack.name)
    const took = Date.parse(failed.event_time) - Date.parse(shown.creation_time)
    // Times are shown in whole seconds.
    expect(took).to.be.within(minute - 1000, minute + patience)
    const inner = await nested.reaches('CREATE_FAILED')
    expect(inner).to.include({ timeout_mins: 1 })
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })
})
