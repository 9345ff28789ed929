import type { Options } from '@hearth/core/plugin'
import { projectShare, slots } from './options.js'

/** Of how many steps there is room for, by project; `other` of every project that is not listed. */
export interface Rooms {
  readonly other: number
  readonly named: ReadonlyMap<string, number>
}

/** What a worker has under way. */
export interface Busy {
  readonly size: number
  /** The same, of each project. */
  byProject(): ReadonlyMap<string, number>
  /** How many more the statements may lease that have no answer yet, of whatever project. */
  readonly promised: number
}

/** What follows on steps that end. */
export interface Following {
  /** How many at most. */
  readonly leased: number
  /** How many of these do not take the place of one that ends. */
  readonly promised: number
}

/** The slots of one worker, and the share of them that one project may take. */
export class SlotRoom {
  constructor(
    private readonly options: Options,
    private readonly busy: Busy,
  ) {}

  /** Slots for further steps. */
  get free(): number {
    return Math.max(0, this.options.get(slots) - this.busy.size - this.busy.promised)
  }

  /** What is left of each project's share. */
  get ofProjects(): Rooms {
    return shareRooms(this.options.get(slots) * this.options.get(projectShare), this.busy)
  }

  /**
   * Of what else is free half is left to whoever claims meanwhile.
   * @param ending how many steps end, of each project of which others may follow.
   */
  after(ending: ReadonlyMap<string, number>): Following {
    const { other, named } = this.ofProjects
    const counts = [...ending]
    const all = counts.reduce((sum, [, count]) => sum + count, 0)
    const rooms = counts.map(([project, count]) => count + half(named.get(project) ?? other))
    const leased = Math.min(all + half(this.free), ...rooms)
    return { leased, promised: Math.max(0, leased - Math.min(...counts.map(([, count]) => count))) }
  }
}

const half = (room: number): number => Math.ceil(room / 2)

/** What is left of each project's share; one step is always allowed, or nothing would ever run on few slots. */
function shareRooms(share: number, busy: Pick<Busy, 'byProject' | 'promised'>): Rooms {
  const most = Math.max(1, Math.floor(share))
  const room = (count: number): number => Math.max(0, most - count - busy.promised)
  return { other: room(0), named: new Map([...busy.byProject()].map(([project, count]) => [project, room(count)])) }
}

/** Is nothing left to some project? Then something may be ready that is not claimed, although a slot is free. */
export const isShort = ({ other, named }: Rooms): boolean => other === 0 || [...named.values()].includes(0)

/** How many there are of each project. */
export function countProjects(steps: readonly { readonly project: string }[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { project } of steps) counts.set(project, (counts.get(project) ?? 0) + 1)
  return counts
}
