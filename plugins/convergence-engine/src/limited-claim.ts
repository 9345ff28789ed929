import type { Database, Options, Transaction } from '@hearth/core/plugin'
import { stepsPerProject, stepsPerType } from './options.js'
import type { Rooms } from './slot-room.js'
import { begunOfProjects, begunOfTypes, claim, type LeasedNode, lockLimits } from './sql/claim.js'

/** More than is ever claimed at once. */
const noLimit: Rooms = { other: 2 ** 31 - 1, named: new Map() }

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

  /** @param share how many steps of each project this worker may take on, begun ones included. */
  claim(worker: string, most: number, share: Rooms): Promise<LeasedNode[]> {
    const parameters = [worker, most, ...namedRooms(share)]
    if (!this.limited) return this.db.query<LeasedNode>(claim, [...parameters, ...namedRooms(noLimit), [], []])
    return this.db.transaction(async tx => {
      await tx.query(lockLimits)
      const projects = namedRooms(await this.roomOfProjects(tx))
      const types = await this.roomOfTypes(tx)
      return tx.query<LeasedNode>(claim, [...parameters, ...projects, [...types.keys()], [...types.values()]])
    })
  }

  private async roomOfProjects(tx: Transaction): Promise<Rooms> {
    const most = this.options.get(stepsPerProject)
    if (most === 0) return noLimit
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

const namedRooms = ({ other, named }: Rooms): unknown[] => [other, [...named.keys()], [...named.values()]]
