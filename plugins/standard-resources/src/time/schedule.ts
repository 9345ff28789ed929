import {
  type Clock,
  done,
  type Json,
  type MaybeUnknown,
  park,
  parked,
  type Progress,
  PropertyFailure,
  ResourceFailure,
  type ResourceType,
  type StepContext,
  type StoredResource,
  Unknown,
} from '@hearth/core/plugin'
import { rfc3339 } from '../rfc3339.js'
import { text } from '../text.js'
import { timetableOf } from './due.js'

/** Waits until a time of a timetable, or tells the next one. */
export const schedule = (clock: Pick<Clock, 'now'>): ResourceType => ({
  name: 'Hearth::Time::Schedule',
  className: 'Schedule',
  description:
    'Waits until a point in time, or until the next time of a cron expression, and tells which it was. It waits parked: nothing is held or polled meanwhile. An operation whose timeout comes first fails.',
  support: { status: 'SUPPORTED' },
  properties: {
    at: {
      type: 'string',
      description:
        'The point in time, RFC 3339 with its offset. One that has passed is due at once. Either this or cron.',
      updateAllowed: true,
    },
    cron: {
      type: 'string',
      description:
        'Minute, hour, day of the month, month and day of the week, perhaps with seconds in front: the first time after the create or update begins. L, W and # may be used, and @daily and the like.',
      updateAllowed: true,
    },
    timezone: {
      type: 'string',
      description:
        'The time zone of cron by its IANA name. A time that a change of clocks skips is due when they have changed; one that comes twice is due the first time.',
      default: 'UTC',
      updateAllowed: true,
    },
    wait: {
      type: 'boolean',
      description:
        'Whether to wait. Without waiting it tells when it is due next, and once that has passed, an update that compares with reality replaces it: what leans on its attributes is then updated, in turns.',
      default: true,
      updateAllowed: true,
    },
    triggers: {
      type: 'map',
      description: 'Any values: when one of them changes, it is due again, and waits again.',
      default: {},
      updateAllowed: true,
    },
  },
  attributes: {
    rfc3339: { type: 'string', description: 'The time that was awaited, or that is due next: RFC 3339 in UTC.' },
    unix: { type: 'integer', description: 'The same in seconds since 1970.' },
    next: {
      type: 'string',
      description: 'The first due time after now, RFC 3339 in UTC, at each use; null if there is none any more.',
      live: true,
    },
  },
  validate(properties) {
    if (Unknown.within([properties.at ?? null, properties.cron ?? null, properties.timezone ?? null])) return
    if (timetableOf(properties).from(clock.now()) === undefined) throw new PropertyFailure('cron', neverDue(properties))
  },
  create: reach,
  update: reach,
  // Whatever it waited for is over: it is there.
  adopt: context => reach({ ...context, properties: { ...context.properties, wait: false } }),
  observe: async stored => (isPast(stored, clock.now()) ? undefined : {}),
  async read({ properties }) {
    const next = timetableOf(properties).after(clock.now())
    return next === undefined ? null : rfc3339(new Date(next))
  },
})

async function reach({ properties, now, physicalId, resource }: StepContext, cursor?: Json): Promise<Progress> {
  const due = parked(cursor) ?? timetableOf(properties).from(now())
  if (due === undefined) throw new ResourceFailure(neverDue(properties))
  if (properties.wait === true && due > now()) return park(due, now())
  return done({
    physicalId: physicalId ?? resource.physicalName,
    attributes: { rfc3339: rfc3339(new Date(due)), unix: Math.floor(due / 1000) },
  })
}

const neverDue = ({ cron }: Readonly<Record<string, MaybeUnknown>>): string => `'${text(cron)}' is never due`

/** It told when it would be due, that has passed, and there is a time to tell instead. */
const isPast = ({ properties, attributes }: StoredResource, now: number): boolean =>
  properties.wait === false && Number(attributes.unix) * 1000 <= now && timetableOf(properties).after(now) !== undefined
