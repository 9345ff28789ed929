import { moving, type Rows } from './rows.js'
import { type Wanted, type WantedResource } from './templates.js'
import { othersOf, type ThingType } from './written.js'

/** What a user knows of a stack: every template that was sent, those that were accepted, the newest of them. */
export interface KnownStack {
  readonly name: string
  /** Undefined while nobody knows whether it was made. */
  readonly id: string | undefined
  readonly deleted: boolean
  readonly sent: ReadonlyMap<string, Wanted>
  readonly accepted: ReadonlySet<string>
  readonly newest: Wanted | undefined
  /** Names of resources that may be CHECK_FAILED, since a user said so; absent: none. */
  readonly unwell?: ReadonlySet<string>
}

/** Something in a cloud that somebody pays for. */
export interface Thing {
  readonly id: string
  /** The idempotency key it was created with. */
  readonly key: string
  readonly stack: string
  readonly name: string
  readonly fixed: string
  readonly value: string
  /** Ids of the things it stands on. */
  readonly needs: readonly string[]
  /** It outlives its resource. */
  readonly kept?: boolean
  /** A copy of it is left. */
  readonly copied?: boolean
  /** A stack that was abandoned has left it, and nobody has taken it over. */
  readonly left?: boolean
  /** It was taken over as it is, which is not as it was wanted. */
  readonly loose?: boolean
}

/** What a cloud has. A thing has the other properties of its type, too. */
export interface Things {
  readonly type: ThingType
  readonly all: readonly Thing[]
}

export interface Expectation {
  /** Every stack must be UPDATE_COMPLETE at what was accepted last. */
  readonly whole: boolean
  /** Operations may run out of time. */
  readonly hurried: boolean
}

/** What is wrong with a world that has come to rest: nothing, it is hoped. */
export function problemsAtRest(
  rows: Rows,
  known: readonly KnownStack[],
  things: Things,
  expectation: Expectation,
): string[] {
  const problems: string[] = []
  for (const { id, stack, name, action, status, reason, actor, hook } of rows.resources) {
    const say = (text: string): void => void problems.push(`resource ${name} ${id} of ${stack} ${text}`)
    if (status === 'IN_PROGRESS') say(`is ${action}_IN_PROGRESS with nobody at work`)
    if (status === 'FAILED' && reason === '') say(`is ${action}_FAILED and does not say why`)
    if (actor !== null) say(`has an actor, ${actor}`)
    if (hook !== null) say(`is at ${hook}, and no operation is`)
  }
  const owners = ownersOf(rows)
  for (const thing of things.all) {
    if (owners(thing).size === 0 && thing.kept !== true && thing.left !== true)
      problems.push(`${thing.id}, ${thing.name} of ${thing.stack}, is in the cloud and no resource knows it`)
  }
  const ids = new Set(rows.resources.map(({ id }) => id))
  for (const { id, deleted, around } of rows.stacks.values()) {
    if (!deleted && around !== null && !ids.has(around)) problems.push(`stack ${id} is inside of nothing`)
  }
  if (rows.snapshotsBegun > 0) problems.push(`${rows.snapshotsBegun} snapshots are IN_PROGRESS with nobody at work`)
  for (const stack of known) problems.push(...problemsOf(stack, rows, things, expectation))
  return problems
}

/** The stacks of the resources that have made a thing, or taken it over. */
function ownersOf({ resources }: Rows): (thing: Thing) => ReadonlySet<string> {
  const stacks = new Map<string, Set<string>>()
  const note = (mark: string, stack: string): void => void stacks.set(mark, (stacks.get(mark) ?? new Set()).add(stack))
  for (const { id, stack, physical } of resources) {
    note(`${id}:create`, stack)
    if (physical !== null) note(physical, stack)
  }
  return ({ id, key }) => new Set([...(stacks.get(key) ?? []), ...(stacks.get(id) ?? [])])
}

function problemsOf(stack: KnownStack, rows: Rows, things: Things, { whole, hurried }: Expectation): string[] {
  const row = stack.id === undefined ? undefined : rows.stacks.get(stack.id)
  if (row === undefined) return [`stack ${stack.name} (${stack.id}) was accepted and is gone`]
  const problems: string[] = []
  const say = (text: string): void =>
    void problems.push(`stack ${stack.name} (${stack.id}, ${row.action}_${row.status}, ${row.mark}): ${text}`)
  const compareWith = (wanted: Wanted): void =>
    compare(wanted, row.id, rows, things, say, { unwell: stack.unwell, whole })
  if (row.status === 'FAILED' && row.reason === '') say('it does not say why')
  if (!hurried && row.reason === 'Timed out') say('nothing took that long')
  if (stack.deleted) {
    if (row.action !== 'DELETE') say('its delete was accepted and something else has won')
    if (row.status === 'COMPLETE' && !row.deleted) say('it is not deleted')
    if (row.deleted) compareWith(nothing)
    return problems
  }
  if (row.action === 'DELETE') say('nobody has asked for that')
  if (whole && !(row.action === 'UPDATE' && row.status === 'COMPLETE'))
    say(`a good update has not mended it: ${row.reason}`)
  if (row.status !== 'COMPLETE') return problems
  const visited = visits.has(row.action)
  // It says so itself.
  if (visited && row.reason.includes('The last change of the stack was not completed')) return problems
  // A visit after a rollback leaves the template that the rollback led to.
  if (row.action !== 'ROLLBACK' && !visited && row.mark !== stack.newest?.mark)
    say(`the newest accepted is ${stack.newest?.mark}`)
  const wanted = row.mark === null ? nothing : stack.sent.get(row.mark)
  if (wanted === undefined) {
    say('nobody has sent that template')
    return problems
  }
  if (row.mark !== null && !stack.accepted.has(wanted.mark)) say('that template was not accepted')
  if (row.action === 'ROLLBACK' && wanted.resources.length > 0 && row.reached !== (row.names !== null))
    say(row.reached ? 'its rollback forgot what was reached' : 'its rollback leads to what was never reached')
  // The rollback of a create leads to its template without resources; nothing else may leave any out.
  compareWith(row.action === 'ROLLBACK' && row.names === null ? nothing : wanted)
  return problems
}

/** Operations that leave the template as it is. */
const visits: ReadonlySet<string> = new Set(['SUSPEND', 'RESUME', 'CHECK', 'SNAPSHOT'])

const nothing: Wanted = { mark: '', resources: [] }

interface Leniency {
  readonly unwell?: ReadonlySet<string> | undefined
  /** What signals have failed to scale has been mended, too. */
  readonly whole?: boolean
}

/** The resources of a stack, and what the cloud has of it, are exactly the wanted ones. */
function compare(
  wanted: Wanted,
  stack: string,
  rows: Rows,
  things: Things,
  say: (text: string) => void,
  { unwell = new Set(), whole = false }: Leniency = {},
): void {
  const resources = rows.resources.filter(row => row.stack === stack)
  const has = list(resources.map(({ name }) => name))
  const expected = list(wanted.resources.map(({ name }) => name))
  if (has !== expected) say(`it has ${has}, wanted ${expected}`)

  const physical = new Map(resources.map(row => [row.name, row.physical ?? '']))
  for (const one of wanted.resources) {
    const { name } = one
    const row = resources.find(resource => resource.name === name)
    const isUnwell = row?.action === 'CHECK' && unwell.has(name)
    if (row?.status !== 'COMPLETE' && !isUnwell) say(`${name} is ${row?.action}_${row?.status}`)
    const full = valueOf(one, physical)
    if (row?.sealed !== true && row?.value !== full) say(`${name} says ${row?.value}, wanted ${full}`)
    if (one.inside !== undefined && row !== undefined)
      compareInside({ ...one, inside: one.inside }, row.id, rows, things, text => say(`in ${name}: ${text}`), whole)
  }

  const owners = ownersOf(rows)
  const counts = (thing: Thing): boolean => {
    const known = owners(thing)
    return known.has(stack) || (known.size === 0 && thing.stack === stack && thing.kept !== true && thing.left !== true)
  }
  const loose = new Set(things.all.filter(thing => thing.loose).map(({ id }) => id))
  const shownOf = (all: readonly Shown[]): string =>
    list(all.filter(({ id }) => !loose.has(id)).map(thing => shown(thing, things.type)))
  const there = shownOf(things.all.filter(counts))
  const should = shownOf(
    wanted.resources
      .filter(({ kind }) => kind === 'thing')
      .map(resource => thingOf(resource, wanted, physical, things.type)),
  )
  if (there !== should) say(`the cloud has ${there}, wanted ${should}`)
}

/** Of a resource that is a stack of its own. */
function compareInside(
  { kind, inside, least = 0, most = 0 }: WantedResource & { readonly inside: readonly WantedResource[] },
  around: string,
  rows: Rows,
  things: Things,
  say: (text: string) => void,
  whole: boolean,
): void {
  const there = [...rows.stacks.values()].filter(stack => stack.around === around && !stack.deleted)
  const [row] = there
  if (row === undefined || there.length > 1) return say(`${there.length} stacks`)
  const scales = kind === 'scaling'
  // A signal that failed says so there: the stack around is as it was.
  if (scales && !whole && row.action === 'UPDATE' && row.status === 'FAILED' && row.reason !== '') return
  if (row.status !== 'COMPLETE') say(`its stack is ${row.action}_${row.status}: ${row.reason}`)
  const members = rows.resources.filter(({ stack }) => stack === row.id)
  if (scales && (members.length < least || members.length > most))
    say(`${members.length} members, wanted ${least} to ${most}`)
  const resources = scales ? members.map(({ name }) => ({ ...(inside[0] as WantedResource), name })) : inside
  compare({ mark: '', resources }, row.id, rows, things, say, { whole })
}

/** Its attribute `value`; null: it has none. */
function valueOf({ kind, value, needs }: WantedResource, physical: ReadonlyMap<string, string>): string | null {
  if (kind === 'thing') return value
  return kind === 'value' ? [value, ...needs.map(one => physical.get(one))].join('+') : null
}

type Shown = Pick<Thing, 'id' | 'name' | 'value' | 'fixed' | 'needs'>

/** A resource as its cloud should have it. */
function thingOf(
  resource: WantedResource,
  wanted: Wanted,
  physical: ReadonlyMap<string, string>,
  type: ThingType,
): Shown {
  const { name, value, fixed, needs } = resource
  const idOf = (one: string): string => physical.get(one) ?? ''
  return { id: idOf(name), name, value, fixed, needs: needs.map(idOf), ...othersOf(type, resource, wanted) }
}

function shown(thing: Shown, { more }: ThingType): string {
  const others = Object.keys(more).map(property => ` ${property} ${JSON.stringify(thing[property as keyof Shown])}`)
  return `${thing.name}=${thing.id} ${thing.value} ${thing.fixed} on [${[...thing.needs].sort().join()}]${others.join('')}`
}

const list = (texts: readonly string[]): string => [...texts].sort().join('; ') || 'nothing'

/** What is left after every stack was deleted. */
export function remains(rows: Rows, known: readonly KnownStack[], things: Things): string[] {
  const stuck = moving(rows)
  const living = known.flatMap(({ id, name }) => {
    const row = id === undefined ? undefined : rows.stacks.get(id)
    return row?.deleted === true ? [] : `stack ${name} cannot be deleted: ${row?.reason}`
  })
  return [
    ...(stuck === '' ? [] : [`there is still ${stuck}`]),
    ...living,
    ...rows.resources.map(({ name, stack }) => `resource ${name} of ${stack} is left behind`),
    ...things.all
      .filter(({ kept, left }) => kept !== true && left !== true)
      .map(({ id, name, stack }) => `the cloud still has ${id}, ${name} of ${stack}`),
  ]
}
