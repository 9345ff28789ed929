import { expect } from 'chai'
import type { Body, Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { template, test } from './kit/templates.js'

type Properties = Record<string, unknown>

/** One resource after the other, so that there is one order only. */
const chain = (a: Properties, b: Properties, c?: Properties) =>
  template({
    a: test(a),
    b: test(b, { depends_on: 'a' }),
    ...(c === undefined ? {} : { c: test(c, { depends_on: 'b' }) }),
  })

/** An event in a line; the reason that most have is left out, and so are ids. */
function lineOf({ resource_name, resource_status, resource_status_reason }: Body, stack: Stack): string {
  const reason = resource_status_reason.replaceAll(stack.name, 'NAME').replace(/\[[^\]]*\]/g, '[…]')
  const line = `${resource_name === stack.name ? 'S' : resource_name} ${resource_status}`
  return reason === 'state changed' ? line : `${line}: ${reason}`
}

interface Operation {
  readonly what: string
  readonly operate: (stack: Stack) => Promise<unknown>
  readonly tells: string
}

const update = (content: object, options = {}) => ({
  operate: (stack: Stack) => stack.update(content, options),
})
const act = (action: string) => ({ operate: (stack: Stack) => stack.action(action) })

const operations: readonly Operation[] = [
  {
    what: 'a create',
    operate: async () => undefined,
    tells: `
      S CREATE_IN_PROGRESS: Stack CREATE started
      a CREATE_IN_PROGRESS
      a CREATE_COMPLETE
      b CREATE_IN_PROGRESS
      b CREATE_COMPLETE
      c CREATE_IN_PROGRESS
      c CREATE_COMPLETE
      S CREATE_COMPLETE: Stack CREATE completed successfully`,
  },
  {
    what: 'an update that changes, replaces and changes again',
    ...update(chain({ value: '2' }, { value: '2', update_replace: true }, { value: '2' })),
    tells: `
      S UPDATE_IN_PROGRESS: Stack UPDATE started
      a UPDATE_IN_PROGRESS
      a UPDATE_COMPLETE
      b UPDATE_IN_PROGRESS
      b UPDATE_COMPLETE: The Resource TestResource "b" […] Stack "NAME" […] requires replacement.
      b CREATE_IN_PROGRESS
      b CREATE_COMPLETE
      c UPDATE_IN_PROGRESS
      c UPDATE_COMPLETE
      b DELETE_IN_PROGRESS
      b DELETE_COMPLETE
      S UPDATE_COMPLETE: Stack UPDATE completed successfully`,
  },
  {
    what: 'an update that takes something away',
    ...update(chain({ value: '2' }, { value: '2', update_replace: true })),
    tells: `
      S UPDATE_IN_PROGRESS: Stack UPDATE started
      c DELETE_IN_PROGRESS
      c DELETE_COMPLETE
      S UPDATE_COMPLETE: Stack UPDATE completed successfully`,
  },
  {
    what: 'an update that fails',
    ...update(chain({ value: '3' }, { value: '3', fail: true })),
    tells: `
      S UPDATE_IN_PROGRESS: Stack UPDATE started
      a UPDATE_IN_PROGRESS
      a UPDATE_COMPLETE
      b UPDATE_IN_PROGRESS
      b UPDATE_FAILED: ValueError: resources.b: Test Resource failed b
      S UPDATE_FAILED: Resource UPDATE failed: ValueError: resources.b: Test Resource failed b`,
  },
  {
    what: 'an update that mends it',
    ...update(chain({ value: '3' }, { value: '3' })),
    tells: `
      S UPDATE_IN_PROGRESS: Stack UPDATE started
      b CREATE_IN_PROGRESS
      b CREATE_COMPLETE
      b DELETE_IN_PROGRESS
      b DELETE_COMPLETE
      S UPDATE_COMPLETE: Stack UPDATE completed successfully`,
  },
  {
    what: 'an update that is rolled back',
    ...update(chain({ value: '4' }, { value: '4', fail: true }), { disable_rollback: false }),
    tells: `
      S UPDATE_IN_PROGRESS: Stack UPDATE started
      a UPDATE_IN_PROGRESS
      a UPDATE_COMPLETE
      b UPDATE_IN_PROGRESS
      b UPDATE_FAILED: ValueError: resources.b: Test Resource failed b
      S UPDATE_FAILED: Resource UPDATE failed: ValueError: resources.b: Test Resource failed b
      S ROLLBACK_IN_PROGRESS: Stack ROLLBACK started
      a UPDATE_IN_PROGRESS
      a UPDATE_COMPLETE
      b CREATE_IN_PROGRESS
      b CREATE_COMPLETE
      b DELETE_IN_PROGRESS
      b DELETE_COMPLETE
      S ROLLBACK_COMPLETE: Stack ROLLBACK completed successfully`,
  },
  {
    what: 'an update that is cancelled',
    async operate(stack) {
      await stack.update(chain({ value: '5', action_wait_secs: { update: 2 } }, { value: '5' }))
      await stack.resourceReaches('a', 'UPDATE_IN_PROGRESS')
      await stack.action('cancel_update')
    },
    tells: `
      S UPDATE_IN_PROGRESS: Stack UPDATE started
      a UPDATE_IN_PROGRESS
      S ROLLBACK_IN_PROGRESS: Stack ROLLBACK started
      a UPDATE_COMPLETE
      a UPDATE_IN_PROGRESS
      a UPDATE_COMPLETE
      S ROLLBACK_COMPLETE: Stack ROLLBACK completed successfully`,
  },
  {
    what: 'a suspend',
    ...act('suspend'),
    tells: `
      S SUSPEND_IN_PROGRESS: Stack SUSPEND started
      b SUSPEND_IN_PROGRESS
      b SUSPEND_COMPLETE
      a SUSPEND_IN_PROGRESS
      a SUSPEND_COMPLETE
      S SUSPEND_COMPLETE: Stack SUSPEND completed successfully`,
  },
  {
    what: 'a resume',
    ...act('resume'),
    tells: `
      S RESUME_IN_PROGRESS: Stack RESUME started
      a RESUME_IN_PROGRESS
      a RESUME_COMPLETE
      b RESUME_IN_PROGRESS
      b RESUME_COMPLETE
      S RESUME_COMPLETE: Stack RESUME completed successfully`,
  },
  {
    what: 'a check',
    ...act('check'),
    tells: `
      S CHECK_IN_PROGRESS: Stack CHECK started
      a CHECK_IN_PROGRESS
      a CHECK_COMPLETE
      b CHECK_IN_PROGRESS
      b CHECK_COMPLETE
      S CHECK_COMPLETE: Stack CHECK completed successfully`,
  },
  {
    what: 'a snapshot',
    operate: stack => stack.api.send('POST', `${stack.path}/snapshots`, {}),
    tells: `
      S SNAPSHOT_IN_PROGRESS: Stack SNAPSHOT started
      a SNAPSHOT_IN_PROGRESS
      a SNAPSHOT_COMPLETE
      b SNAPSHOT_IN_PROGRESS
      b SNAPSHOT_COMPLETE
      S SNAPSHOT_COMPLETE: Stack SNAPSHOT completed successfully`,
  },
  {
    what: 'a restore',
    async operate(stack) {
      const [{ id }] = (await stack.api.get(`${stack.path}/snapshots`)).body.snapshots
      await stack.api.send('POST', `${stack.path}/snapshots/${id}/restore`)
    },
    tells: `
      S RESTORE_IN_PROGRESS: Stack RESTORE started
      S RESTORE_COMPLETE: Stack RESTORE completed successfully`,
  },
  {
    what: 'a delete',
    operate: stack => stack.delete(),
    tells: `
      S DELETE_IN_PROGRESS: Stack DELETE started
      b DELETE_IN_PROGRESS
      b DELETE_COMPLETE
      a DELETE_IN_PROGRESS
      a DELETE_COMPLETE
      S DELETE_COMPLETE: Stack DELETE completed successfully`,
  },
]

eachEngine('what is told of an operation', ({ daemon, name }) => {
  it('is the same on each engine, in the same order and for the same reasons', async () => {
    const stack = await daemon()
      .api()
      .create(name(), chain({ value: '1' }, { value: '1' }, { value: '1' }))
    let seen = 0
    for (const { what, operate, tells } of operations) {
      await operate(stack)
      await stack.settled()
      const { events } = (await stack.api.get(`${stack.path}/events?sort_dir=asc`)).body
      const lines = events.slice(seen).map((event: Body) => lineOf(event, stack))
      seen = events.length
      expect(lines, what).to.deep.equal(tells.trim().split(/\n */))
    }
  })
})
