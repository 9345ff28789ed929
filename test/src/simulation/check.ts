import type { Cloud, Thing } from './cloud.js'
import type { KnownStack } from './client.js'
import type { Server } from './server.js'
import type { Wanted } from './templates.js'

interface StackRow {
  readonly id: string
  readonly name: string
  readonly action: string
  readonly status: string
  readonly reason: string
  readonly deleted: boolean
  readonly mark: string | null
  /** Names in the stack's current template. */
  readonly wanted: readonly string[] | null
}

interface ResourceRow {
  readonly stack: string
  readonly name: string
  readonly action: string
  readonly status: string
  readonly physical: string | null
  readonly value: string | null
  readonly actor: string | null
}

/** The rows as they are. */
export class Rows {
  private constructor(
    readonly stacks: readonly StackRow[],
    readonly resources: readonly ResourceRow[],
    /** What is left of engines: nodes and traversals. */
    readonly leftovers: number,
  ) {}

  static async read(server: Server): Promise<Rows> {
    const stacks = await server.query<StackRow>(
      `SELECT s.id, s.name, s.action, s.status, s.status_reason AS reason, s.deleted_at IS NOT NULL AS deleted,
          t.content->>'description' AS mark,
          (SELECT array_agg(k) FROM jsonb_object_keys(coalesce(t.content->'resources', '{}')) k) AS wanted
        FROM stack s LEFT JOIN template t ON t.id = s.template_id ORDER BY s.name`,
    )
    const resources = await server.query<ResourceRow>(
      `SELECT stack_id AS stack, name, action, status, physical_id AS physical, attributes->>'value' AS value, actor
        FROM resource ORDER BY name, created_at`,
    )
    const [left] = await server.query<{ count: number }>(
      `SELECT (SELECT count(*) FROM node)::int + (SELECT count(*) FROM traversal)::int AS count`,
    )
    return new Rows(stacks, resources, left?.count ?? 0)
  }

  get settled(): boolean {
    return this.leftovers === 0 && this.stacks.every(({ status }) => status !== 'IN_PROGRESS')
  }

  unsettled(): string {
    const moving = this.stacks
      .filter(({ status }) => status === 'IN_PROGRESS')
      .map(({ name, action }) => `${name} ${action}`)
    return `${this.leftovers} nodes and traversals; ${moving.join(', ')}`
  }
}

export interface Expectation {
  /** Every stack must be UPDATE_COMPLETE at what was accepted last. */
  readonly whole: boolean
  /** Operations may run out of time. */
  readonly hurried: boolean
}

/** What is wrong with a world that has come to rest: nothing, it is hoped. */
export function problemsOf(
  rows: Rows,
  known: readonly KnownStack[],
  cloud: Cloud,
  { whole, hurried }: Expectation,
): string[] {
  const problems: string[] = [...cloud.violations]
  for (const { name, status, actor } of rows.resources) {
    if (status === 'IN_PROGRESS') problems.push(`resource ${name} is IN_PROGRESS in a world at rest`)
    if (actor !== null) problems.push(`resource ${name} has an actor, ${actor}, in a world at rest`)
  }
  for (const stack of known) {
    const row = rows.stacks.find(({ id }) => id === stack.id)
    if (row === undefined) {
      problems.push(`${stack.name} was accepted and is gone`)
      continue
    }
    const say = (text: string): void =>
      void problems.push(`${row.name} (${row.action}_${row.status}, ${row.mark}): ${text}`)
    if (row.status === 'FAILED' && row.reason === '') say('it does not say why')
    if (!hurried && row.reason === 'Timed out') say('nothing took that long')
    if (stack.deleted) {
      if (row.action !== 'DELETE') say('its delete was accepted and something else has won')
      if (!row.deleted && row.status === 'COMPLETE') say('it is not deleted')
      if (row.deleted) expectThings([], stack, rows, cloud, say)
      continue
    }
    if (whole && !(row.action === 'UPDATE' && row.status === 'COMPLETE'))
      say(`a good update has not mended it: ${row.reason}`)
    if (row.status !== 'COMPLETE') continue
    if (row.action !== 'ROLLBACK' && row.mark !== stack.accepted?.mark)
      say(`the newest accepted is ${stack.accepted?.mark}`)
    const reached = row.mark === null ? { mark: '', resources: [] } : stack.sent.get(row.mark)
    if (reached === undefined) say('nobody has sent that template')
    else expectWanted(reached, row.wanted ?? [], stack, rows, cloud, say)
  }
  return problems
}

function expectWanted(
  wanted: Wanted,
  inTemplate: readonly string[],
  stack: KnownStack,
  rows: Rows,
  cloud: Cloud,
  say: (text: string) => void,
): void {
  const present = wanted.resources.filter(({ name }) => inTemplate.includes(name))
  const resources = rows.resources.filter(row => row.stack === stack.id)
  const names = resources.map(({ name }) => name)
  const expected = present.map(({ name }) => name).sort()
  if (names.join() !== expected.join())
    return say(`it has ${names.join() || 'nothing'}, wanted ${expected.join() || 'nothing'}`)
  const physical = new Map(resources.map(row => [row.name, row.physical]))
  for (const one of present) {
    const row = resources.find(({ name }) => name === one.name)
    if (row?.status !== 'COMPLETE') say(`${one.name} is ${row?.action}_${row?.status}`)
    if (one.kind !== 'value') continue
    const value = [one.value, ...one.needs.map(name => physical.get(name))].join('+')
    if (row?.value !== value) say(`${one.name} says ${row?.value}, wanted ${value}`)
  }
  const things = present
    .filter(({ kind }) => kind === 'thing')
    .map(({ name, value, fixed, needs }) => ({
      id: physical.get(name) ?? '',
      name,
      value,
      fixed,
      needs: needs.map(need => physical.get(need) ?? ''),
    }))
  expectThings(things, stack, rows, cloud, say)
}

type Expected = Pick<Thing, 'id' | 'name' | 'value' | 'fixed' | 'needs'>

function expectThings(
  things: readonly Expected[],
  stack: KnownStack,
  _rows: Rows,
  cloud: Cloud,
  say: (text: string) => void,
): void {
  const print = ({ id, name, value, fixed, needs }: Expected): string =>
    `${name}=${id} ${value} ${fixed} on [${[...needs].sort().join()}]`
  const there = [...cloud.things.values()]
    .filter(thing => thing.stack === stack.id)
    .map(print)
    .sort()
  const wanted = things.map(print).sort()
  if (there.join('; ') !== wanted.join('; '))
    say(`the cloud has ${there.join('; ') || 'nothing'}, wanted ${wanted.join('; ') || 'nothing'}`)
}
