/**
 * Hearth::Time: waiting, for a while or until something is due. Steps wait parked, so that a wait costs a row and no more.
 * Nothing here polls, or keeps timers.
 * Start at `sleep.ts`; `due.ts` reads timetables.
 */
import type { Namespace } from '../namespace.js'
import { schedule } from './schedule.js'
import { sleep } from './sleep.js'

export const time: Namespace = { options: [], types: [() => sleep, ({ clock }) => schedule(clock)] }
