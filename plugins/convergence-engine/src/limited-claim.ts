import type { Database, Options, Transaction } from '@hearth/core/plugin'
import { projectShare, slots, stepsPerProject, stepsPerType } from './options.js'
import { begunOfProjects, begunOfTypes, claim, type LeasedNode, lockLimits } from './sql/claim.js'

/** How many steps may begin, by name; `other` of every name that is not listed. */
interface Rooms {
  readonly other: number
  readonly named: ReadonlyMap<string, number>
}

interface Count {
  readonly count: number
}

/** Claims no more of a project or a type than there is room for. */
export class LimitedClaim {
  constructor(
    private readonly db: Database,
    private readonly options: Options,
  ) {}

  /** Are there limits that all daemons keep together? Then what becomes ready has to be claimed like all else. */
  get limited(): boolean {
    return this.options.get(stepsPerProject) > 0 || this.options.get(stepsPerType).size > 0
  }

  /** May something be ready that this worker does not claim, although it has a slot? @param held as for a claim. */
  holdsBack(held: ReadonlyMap<string, number>): boolean {
    return this.limited || [...this.share(held).named.values()].includes(0)
  }

  /** @param held steps that this worker has under way, by project. */
  claim(worker: string, most: number, held: ReadonlyMap<string, number>): Promise<LeasedNode[]> {
    const share = this.share(held)
    if (!this.limited) return this.db.query<LeasedNode>(claim, parameters(worker, most, share, new Map()))
    return this.db.transaction(async tx => {
      await tx.query(lockLimits)
      const projects = lesser(share, await this.roomOfProjects(tx))
      return tx.query<LeasedNode>(claim, parameters(worker, most, projects, await this.roomOfTypes(tx)))
    })
  }

  private share(held: ReadonlyMap<string, number>): Rooms {
    return shareRooms(this.options.get(slots) * this.options.get(projectShare), held)
  }

  private async roomOfProjects(tx: Transaction): Promise<Rooms> {
    const most = this.options.get(stepsPerProject)
    if (most === 0) return { other: Number.POSITIVE_INFINITY, named: new Map() }
    const begun = await tx.query<Count & { project: string }>(begunOfProjects)
    return { other: most, named: new Map(begun.map(({ project, count }) => [project, Math.max(0, most - count)])) }
  }

  private async roomOfTypes(tx: Transaction): Promise<ReadonlyMap<string, number>> {
    const most = this.options.get(stepsPerType)
    if (most.size === 0) return most
    const begun = await tx.query<Count & { type: string }>(begunOfTypes, [[...most.keys()]])
    const counts = new Map(begun.map(({ type, count }) => [type, count]))
    return new Map([...most].map(([type, limit]) => [type, Math.max(0, limit - (counts.get(type) ?? 0))]))
  }
}

/** What is left of each project's share; one step is always allowed, or nothing would ever run on few slots. */
export function shareRooms(share: number, held: ReadonlyMap<string, number>): Rooms {
  const most = Math.max(1, Math.floor(share))
  return { other: most, named: new Map([...held].map(([project, count]) => [project, Math.max(0, most - count)])) }
}

/** The narrower of two, name by name. */
export function lesser(one: Rooms, two: Rooms): Rooms {
  const of = ({ other, named }: Rooms, name: string): number => named.get(name) ?? other
  const names = new Set([...one.named.keys(), ...two.named.keys()])
  return {
    other: Math.min(one.other, two.other),
    named: new Map([...names].map(name => [name, Math.min(of(one, name), of(two, name))])),
  }
}

const parameters = (worker: string, most: number, projects: Rooms, types: ReadonlyMap<string, number>): unknown[] => [
  worker,
  most,
  Math.min(projects.other, most),
  [...projects.named.keys()],
  [...projects.named.values()].map(room => Math.min(room, most)),
  [...types.keys()],
  [...types.values()].map(room => Math.min(room, most)),
]
