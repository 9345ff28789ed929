import type { Random } from '@hearth/conformance'
import type { Thing } from '../model/check.js'
import { type Acting, beyond, type Limits } from './limits.js'
import type { Owner, Schedule } from './schedule.js'

/** Something that costs money until it is deleted. */
export interface SimulatedThing extends Thing {
  value: string
  needs: readonly string[]
  loose: boolean
  /** The root of the tree that it was made in, or that has taken it over. */
  tree: string
  adopted: boolean
}

export type NewThing = Omit<Thing, 'id' | 'left' | 'loose'> & { readonly rings: Rings | null }

/** Whom a thing signals once it stands. */
export interface Rings {
  readonly url: string
  /** The signal has to say everything. */
  readonly whole: boolean
}

/** What is told of a thing that stands, and may be told again. */
export type Stands = (thing: string, rings: Rings) => void

/** A process that calls the cloud, and whether it may. */
export interface Caller extends Owner {
  /** It holds its lease, by its own clock. */
  readonly mayAct: boolean
}

/** The resource that a call is for. */
export interface Called {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly project: string
  /** The name of the root of its stack's tree. */
  readonly tree: string
}

/** A call under way. */
interface Call {
  readonly caller: Caller
  readonly resource: Called
}

/** The cloud's own refusal: the request was understood and fails. */
export class CloudRefusal extends Error {}

/** How long a call may take each way, in milliseconds. */
const slowMs = 400

/**
 * A cloud that keeps count. Each call is two events: the request arrives and takes effect, the answer comes back. A process
 * that dies in between has had its effect. What must never happen is noted in `violations`.
 */
export class Cloud {
  readonly things = new Map<string, SimulatedThing>()
  readonly violations: string[] = []
  /** Of things that were deleted: their ids. */
  readonly copies = new Set<string>()
  calls = 0
  /** How many steps may be at work at once; undefined: that cannot be told. */
  limits: Limits | undefined
  /** Keys that were deleted: a create that was still on its way is refused. */
  private readonly gone = new Set<string>()
  /** Calls under way, by the resource they are for. */
  private readonly acting = new Map<string, Set<Call>>()
  /**
   * Trees that were abandoned, those of them of which nobody knows what they leave, and those whose adoption may be
   * taken back.
   */
  private readonly abandoned = new Set<string>()
  private readonly untold = new Set<string>()
  private readonly takenBack = new Set<string>()
  /** Things that an abandoned stack has named as what it leaves. */
  private readonly named = new Set<string>()
  /** Names of resources, by tree, of which an abandoned stack could name nothing. */
  private readonly unknown = new Map<string, ReadonlySet<string>>()
  private ids = 0
  /** Chance that a call is refused for no reason. */
  trouble = 0

  constructor(
    private readonly schedule: Schedule,
    private readonly random: Random,
    private readonly stands: Stands,
  ) {}

  create(caller: Caller, resource: Called, { rings, ...wanted }: NewThing, signal: AbortSignal): Promise<string> {
    return this.call(caller, resource, 'create', signal, () => {
      const same = [...this.things.values()].find(({ key }) => key === wanted.key)
      if (same !== undefined) return same.id
      if (this.gone.has(wanted.key)) throw new CloudRefusal(`${wanted.key} was deleted`)
      this.checkNeeds(wanted.name, wanted.needs)
      this.ids += 1
      const id = `thing-${this.ids}`
      this.things.set(id, { ...wanted, id, loose: false, adopted: false, tree: resource.tree })
      if (rings !== null) this.stands(id, rings)
      return id
    })
  }

  update(
    caller: Caller,
    resource: Called,
    id: string,
    { value, needs, rings, fixed }: Pick<NewThing, 'value' | 'needs' | 'rings' | 'fixed'>,
    signal: AbortSignal,
  ): Promise<void> {
    return this.call(caller, resource, 'update', signal, () => {
      const thing = this.things.get(id)
      if (thing === undefined) throw new CloudRefusal(`${id} is not there`)
      this.checkNeeds(thing.name, needs)
      thing.value = value
      thing.needs = needs
      thing.loose = thing.fixed !== fixed
      if (rings !== null) this.stands(id, rings)
    })
  }

  /** Takes over what is there; it stays as it is. */
  adopt(
    caller: Caller,
    resource: Called,
    id: string,
    { value, fixed, needs }: Pick<NewThing, 'value' | 'fixed' | 'needs'>,
    signal: AbortSignal,
  ): Promise<void> {
    return this.call(caller, resource, 'adopt', signal, () => {
      const thing = this.things.get(id)
      if (thing === undefined) throw new CloudRefusal(`${id} is not there`)
      thing.loose = thing.value !== value || thing.fixed !== fixed || thing.needs.join() !== needs.join()
      // What it stood on before, nobody knows any more: order is kept by what its new stack says.
      thing.needs = needs
      thing.adopted = true
      thing.tree = resource.tree
      this.named.delete(id)
    })
  }

  /**
   * A tree was abandoned. @param told what it says that it leaves: nothing of it may delete what is named any more.
   * Undefined: nobody has heard it.
   */
  abandon(tree: string, told?: { readonly named: readonly string[]; readonly unknown: readonly string[] }): void {
    this.abandoned.add(tree)
    if (told === undefined) this.untold.add(tree)
    for (const id of told?.named ?? []) this.named.add(id)
    if (told !== undefined) this.unknown.set(tree, new Set(told.unknown))
  }

  /** What this tree takes over it may leave again, when it is rolled back. */
  mayTakeBack(tree: string): void {
    this.takenBack.add(tree)
  }

  /** It has taken over everything. */
  hasAdopted(tree: string): void {
    this.takenBack.delete(tree)
  }

  /** Nobody has to delete it. */
  isLeft({ id, name, tree, adopted }: SimulatedThing): boolean {
    const untold = this.untold.has(tree) || this.unknown.get(tree)?.has(name) === true
    return this.named.has(id) || untold || (adopted && this.takenBack.has(tree))
  }

  look(caller: Caller, resource: Called, signal: AbortSignal): Promise<void> {
    return this.call(caller, resource, 'look', signal, () => undefined)
  }

  /** Refused if it is not there. */
  check(caller: Caller, resource: Called, id: string | null, signal: AbortSignal): Promise<void> {
    return this.call(caller, resource, 'check', signal, () => {
      if (id === null || !this.things.has(id)) throw new CloudRefusal(`${id} is not there`)
    })
  }

  /** Leaves a copy. What is gone has left one. */
  removeWithCopy(caller: Caller, resource: Called, id: string, key: string, signal: AbortSignal): Promise<void> {
    return this.call(caller, resource, 'copy', signal, () => {
      if (this.things.has(id)) this.copies.add(id)
      else if (!this.copies.has(id)) this.violations.push(`of ${resource.name} (${id}) nothing is left to be copied`)
      this.drop(resource, id, key)
    })
  }

  /** By id, or by the key of a create whose answer never came. Deleting what is gone is fine. */
  remove(caller: Caller, resource: Called, id: string | null, key: string, signal: AbortSignal): Promise<void> {
    return this.call(caller, resource, 'delete', signal, () => {
      const thing = this.things.get(id ?? '')
      if (thing?.copied === true) this.violations.push(`${thing.name} (${thing.id}) was deleted without a copy`)
      this.drop(resource, id, key)
    })
  }

  private drop({ tree }: Called, id: string | null, key: string): void {
    this.gone.add(key)
    for (const thing of [...this.things.values()]) {
      if (thing.id !== id && thing.key !== key) continue
      if (thing.kept === true) this.violations.push(`${thing.name} (${thing.id}) was deleted though it is to be kept`)
      if (this.abandoned.has(tree) && this.named.has(thing.id))
        this.violations.push(`${thing.name} (${thing.id}) was deleted by ${tree}, which was abandoned`)
      const above = [...this.things.values()].filter(one => one.needs.includes(thing.id) && !this.isLeft(one))
      for (const one of above) {
        this.violations.push(`${thing.name} (${thing.id}) was deleted while ${one.name} (${one.id}) stood on it`)
      }
      this.things.delete(thing.id)
    }
  }

  private checkNeeds(name: string, needs: readonly string[]): void {
    for (const id of needs) {
      if (!this.things.has(id)) this.violations.push(`${name} was to stand on ${id}, which is not there`)
    }
  }

  private call<T>(caller: Caller, resource: Called, what: string, signal: AbortSignal, effect: () => T): Promise<T> {
    this.calls += 1
    const delay = this.random.below(slowMs)
    const back = this.random.below(slowMs)
    const refused = this.random.chance(this.trouble)
    return new Promise<T>((resolve, reject) => {
      const leave = this.enter(caller, resource, what)
      const answer = (fire: () => void): void => {
        this.schedule.after(back, {
          owner: caller,
          label: `${what} answered`,
          fire: () => {
            leave()
            fire()
          },
        })
      }
      signal.addEventListener('abort', () => {
        leave()
        reject(new Error('aborted'))
      })
      if (signal.aborted) {
        leave()
        reject(new Error('aborted'))
        return
      }
      // The request is on its way: nobody owns it any more.
      this.schedule.after(delay, {
        label: `cloud ${what} ${resource.name} ${resource.id.slice(0, 8)}`,
        fire: () => {
          try {
            if (refused) throw new CloudRefusal('the cloud is in a mood')
            const result = effect()
            answer(() => resolve(result))
          } catch (error) {
            answer(() => reject(error as Error))
          }
        },
      })
    })
  }

  /** Two processes that both may act are at work on one resource, or too many steps are at work: that must not be. */
  private enter(caller: Caller, resource: Called, what: string): () => void {
    const others = this.acting.get(resource.id) ?? new Set()
    for (const { caller: other } of others) {
      if (acts(other) && caller.mayAct)
        this.violations.push(`${caller.name} and ${other.name} both act on ${resource.name} ${resource.id} (${what})`)
    }
    const mine: Call = { caller, resource }
    others.add(mine)
    this.acting.set(resource.id, others)
    if (this.limits !== undefined && acts(caller)) {
      for (const one of beyond(this.underWay(), this.limits)) this.violations.push(`${this.schedule.elapsed}: ${one}`)
    }
    return () => others.delete(mine)
  }

  private underWay(): Acting[] {
    return [...this.acting.values()].flatMap(calls =>
      [...calls].flatMap(({ caller, resource: { id, project, type } }) =>
        acts(caller) ? [{ by: caller.name, resource: id, project, type }] : [],
      ),
    )
  }
}

const acts = ({ state, mayAct }: Caller): boolean => state === 'up' && mayAct
