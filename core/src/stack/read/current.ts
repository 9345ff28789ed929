import { type Queryable, type ResourceRow, resources, type StackRow } from '@hearth/db'
import * as errors from '../../errors.js'
import { groupBy } from '../../group-by.js'
import { chooseIncarnation } from '../../plan/choose.js'
import { type Incarnation, incarnationOf, untouched } from '../../resource/rows/incarnation.js'
import type { Secrets } from '../../resource/secrets/secrets.js'
import type { StackServices } from '../services.js'

export interface Current {
  readonly row: ResourceRow
  readonly incarnation: Incarnation
}

/** The resource of a name; asks for no other. @throws ResourceNotFound */
export async function currentNamed({ db, secrets }: StackServices, stack: StackRow, name: string): Promise<Current> {
  const [found] = chooseCurrent(await resources.named(db, [{ stackId: stack.id, name }]), stack, secrets)
  if (found === undefined) throw errors.resourceNotFound(name, stack.name)
  return found
}

/** By name, else by physical id. @throws ResourceNotFound */
export async function currentKnownAs(services: StackServices, stack: StackRow, known: string): Promise<Current> {
  const all = await currentResources(services.db, services.secrets, stack)
  const found = all.find(({ row }) => row.name === known) ?? all.find(({ row }) => row.physicalId === known)
  if (found === undefined) throw errors.resourceNotFound(known, stack.name)
  return found
}

/** The row that each name of a stack stands for. */
export async function currentResources(on: Queryable, secrets: Secrets, stack: StackRow): Promise<Current[]> {
  return chooseCurrent(await resources.ofStack(on, stack.id), stack, secrets)
}

/** The same, of rows that were read. */
export function chooseCurrent(
  rows: readonly ResourceRow[],
  stack: StackRow,
  secrets: Secrets,
  choose: typeof newest = newest,
): Current[] {
  const names = groupBy(
    rows.map((row): Current => ({ row, incarnation: incarnationOf(row, secrets) })),
    ({ row }) => row.name,
  )
  return [...names.values()].flatMap(same => {
    const chosen = choose(
      same.map(({ incarnation }) => incarnation),
      stack,
    )
    return same.filter(({ incarnation }) => incarnation === chosen)
  })
}

/**
 * The same for who lists them: what was to replace a resource in the operation that has failed is what that is about, though
 * the next one goes on with the resource that was to be replaced.
 */
export const chooseShown = (rows: readonly ResourceRow[], stack: StackRow, secrets: Secrets): Current[] =>
  chooseCurrent(rows, stack, secrets, (same, stack) => failedHead(same, stack) ?? newest(same, stack))

/**
 * The same for who tells what there is outside: what has no id there, as a replacement whose create has failed, stands
 * for nothing while the original has one.
 */
export const chooseHeld = (rows: readonly ResourceRow[], stack: StackRow, secrets: Secrets): Current[] =>
  chooseCurrent(rows, stack, secrets, (same, stack) => {
    const held = same.filter(({ physicalId }) => physicalId !== null)
    return newest(held.length > 0 ? held : same, stack)
  })

function failedHead(same: readonly Incarnation[], stack: StackRow): Incarnation | undefined {
  if (!replacing.has(stack.action) || stack.status !== 'FAILED') return undefined
  const began = stack.updatedAt ?? stack.createdAt
  return headsOf(same).find(
    one => one.replaces !== null && one.status === 'FAILED' && one.action !== 'DELETE' && one.changedAt >= began,
  )
}

/** Operations in which resources are replaced. */
const replacing: ReadonlySet<string> = new Set(['UPDATE', 'RESTORE'])

function headsOf(same: readonly Incarnation[]): Incarnation[] {
  const replaced = new Set(same.map(({ replaces }) => replaces))
  return same.filter(({ id }) => !replaced.has(id))
}

/** The successor, where there is one: it is what the user waits for. */
function newest(same: readonly Incarnation[], stack: StackRow): Incarnation | undefined {
  if (stack.status === 'IN_PROGRESS' && replacing.has(stack.action)) {
    const heads = headsOf(same)
    if (heads.length === 1) return heads[0]
  }
  // What was never begun stands for nothing.
  const begun = same.filter(one => !untouched(one))
  return chooseIncarnation(begun.length > 0 ? begun : same, stack.templateId, stack.previousTemplateId)
}
