import type { Cloud } from './cloud.js'
import type { Cluster } from './cluster.js'
import { afterOf, type Wanted } from './templates.js'
import type { KnownStack } from './users.js'

interface StackRow {
  readonly id: string
  readonly action: string
  readonly status: string
  readonly reason: string
  readonly deleted: boolean
  /** Of its current template: which it is, and the names in it. */
  readonly mark: string | null
  readonly names: readonly string[] | null
}

interface ResourceRow {
  readonly id: string
  readonly stack: string
  readonly name: string
  readonly action: string
  readonly status: string
  readonly reason: string
  readonly physical: string | null
  readonly value: string | null
  readonly actor: string | null
}

/** The rows as they are at one moment. */
export interface Rows {
  readonly stacks: ReadonlyMap<string, StackRow>
  readonly resources: readonly ResourceRow[]
  /** What engines keep of operations that are not over: table and count. */
  readonly underWay: ReadonlyMap<string, number>
}

export async function readRows(cluster: Cluster): Promise<Rows> {
  const [tables = { node: 0, traversal: 0, stack_lock: 0 }] = await cluster.query<Record<string, number>>(
    `SELECT (SELECT count(*) FROM node)::int AS node, (SELECT count(*) FROM traversal)::int AS traversal,
      (SELECT count(*) FROM stack_lock)::int AS stack_lock`,
  )
  const stacks = await cluster.query<StackRow>(
    `SELECT s.id, s.action, s.status, s.status_reason AS reason, s.deleted_at IS NOT NULL AS deleted,
        t.content->>'description' AS mark,
        (SELECT array_agg(k) FROM jsonb_object_keys(coalesce(t.content->'resources', '{}')) k) AS names
      FROM stack s LEFT JOIN template t ON t.id = s.template_id`,
  )
  const resources = await cluster.query<ResourceRow>(
    `SELECT id, stack_id AS stack, name, action, status, status_reason AS reason, physical_id AS physical,
        attributes->>'value' AS value, actor FROM resource ORDER BY name, created_at`,
  )
  return { stacks: new Map(stacks.map(row => [row.id, row])), resources, underWay: new Map(Object.entries(tables)) }
}

/** What still moves; empty: the world is at rest. */
export function moving({ stacks, underWay }: Rows): string {
  const counts = [...underWay].filter(([, count]) => count > 0).map(([table, count]) => `${count} rows in ${table}`)
  const busy = [...stacks.values()].filter(({ status }) => status === 'IN_PROGRESS')
  return [...counts, ...busy.map(({ id, action }) => `stack ${id} ${action}_IN_PROGRESS`)].join(', ')
}

/** What is wrong with a world at rest. @param whole every stack must be UPDATE_COMPLETE at what was accepted last */
export function problemsAtRest(rows: Rows, known: readonly KnownStack[], cloud: Cloud, whole: boolean): string[] {
  const problems: string[] = []
  for (const { id, stack, name, action, status, reason, actor } of rows.resources) {
    const say = (text: string): void => void problems.push(`resource ${name} ${id} of ${stack} ${text}`)
    if (status === 'IN_PROGRESS') say(`is ${action}_IN_PROGRESS with nobody at work`)
    if (status === 'FAILED' && reason === '') say(`is ${action}_FAILED and does not say why`)
    if (actor !== null) say(`has an actor, ${actor}`)
  }
  const keys = new Set(rows.resources.map(({ id }) => `${id}:create`))
  for (const { id, key, name, stack } of cloud.servers.values()) {
    if (!keys.has(key)) problems.push(`${id}, ${name} of ${stack}, is in the cloud and no resource knows it`)
  }
  for (const stack of known) problems.push(...problemsOf(stack, rows, cloud, whole))
  return problems
}

function problemsOf(stack: KnownStack, rows: Rows, cloud: Cloud, whole: boolean): string[] {
  const row = rows.stacks.get(stack.id)
  if (row === undefined) return [`stack ${stack.name} (${stack.id}) was accepted and is gone`]
  const problems: string[] = []
  const say = (text: string): void =>
    void problems.push(`stack ${stack.name} (${stack.id}, ${row.action}_${row.status}, ${row.mark}): ${text}`)
  if (row.status === 'FAILED' && row.reason === '') say('it does not say why')
  if (row.status === 'FAILED' && row.reason === 'Timed out') say('nothing took that long')
  if (stack.deleted) {
    if (row.action !== 'DELETE') say('its delete was accepted and something else has won')
    if (row.status === 'COMPLETE' && !row.deleted) say('it is not deleted')
    if (row.deleted) compare([], [], stack, rows, cloud, say)
    return problems
  }
  if (row.action === 'DELETE') say('nobody has asked for that')
  if (whole && !(row.action === 'UPDATE' && row.status === 'COMPLETE'))
    say(`a good update has not mended it: ${row.reason}`)
  if (row.status !== 'COMPLETE') return problems
  if (row.action !== 'ROLLBACK' && row.mark !== stack.newest.mark) say(`the newest accepted is ${stack.newest.mark}`)
  const wanted = row.mark === null ? { mark: '', resources: [] } : stack.sent.get(row.mark)
  if (wanted === undefined) say('nobody has sent that template')
  else if (row.mark !== null && !stack.accepted.has(wanted.mark)) say('that template was not accepted')
  // The rollback of a create leads to its template without resources; nothing else may leave any out.
  const names = row.action === 'ROLLBACK' && row.names === null ? [] : (wanted?.resources ?? []).map(({ name }) => name)
  if (wanted !== undefined) compare(wanted.resources, names, stack, rows, cloud, say)
  return problems
}

/** The resources of a stack, and what the cloud has of it, are exactly the wanted ones. */
function compare(
  wanted: Wanted['resources'],
  names: readonly string[],
  stack: KnownStack,
  rows: Rows,
  cloud: Cloud,
  say: (text: string) => void,
): void {
  const present = wanted.filter(({ name }) => names.includes(name))
  const resources = rows.resources.filter(row => row.stack === stack.id)
  const list = (texts: readonly string[]): string => [...texts].sort().join('; ') || 'nothing'
  const has = list(resources.map(({ name }) => name))
  const expected = list(names)
  if (has !== expected) say(`it has ${has}, wanted ${expected}`)

  const physical = new Map(resources.map(row => [row.name, row.physical ?? '']))
  for (const { name, kind, value, needs } of present) {
    const row = resources.find(resource => resource.name === name)
    if (row?.status !== 'COMPLETE') say(`${name} is ${row?.action}_${row?.status}`)
    const full = kind === 'thing' ? value : [value, ...needs.map(one => physical.get(one))].join('+')
    if (row?.value !== full) say(`${name} says ${row?.value}, wanted ${full}`)
  }

  type Shown = {
    id: string
    name: string
    value: string
    fixed: string
    needs: readonly string[]
    after: readonly string[]
  }
  const text = ({ id, name, value, fixed, needs, after }: Shown): string =>
    `${name}=${id} ${value} ${fixed} on [${[...needs].sort().join()}] after [${after.join()}]`
  const there = list([...cloud.servers.values()].filter(server => server.stack === stack.id).map(text))
  const whole = { mark: '', resources: wanted }
  const should = list(
    present
      .filter(({ kind }) => kind === 'thing')
      .map(({ name, value, fixed, needs }) => ({
        id: physical.get(name) ?? '',
        name,
        value,
        fixed,
        needs: needs.map(need => physical.get(need) ?? ''),
        after: afterOf(whole, name),
      }))
      .map(text),
  )
  if (there !== should) say(`the cloud has ${there}, wanted ${should}`)
}

/** What is left after every stack was deleted. */
export function remains(rows: Rows, known: readonly KnownStack[], cloud: Cloud): string[] {
  const stuck = moving(rows)
  return [
    ...(stuck === '' ? [] : [`there is still ${stuck}`]),
    ...known
      .filter(({ id }) => rows.stacks.get(id)?.deleted !== true)
      .map(({ name, id }) => `stack ${name} cannot be deleted: ${rows.stacks.get(id)?.reason}`),
    ...rows.resources.map(({ name, stack }) => `resource ${name} of ${stack} is left behind`),
    ...[...cloud.servers.values()].map(({ id, name, stack }) => `the cloud still has ${id}, ${name} of ${stack}`),
  ]
}
