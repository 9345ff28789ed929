import { type StackRow, stacks } from '@hearth/db'
import * as errors from '../../errors.js'
import type { Caller, StackServices } from '../services.js'
import { type Arn, readArn } from './arn.js'

const uuidForm = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
export const isUuid = (text: string): boolean => uuidForm.test(text)

/** The stack that a canonical URL names: id and name must be one stack's, of the caller's project. */
export async function findStack(
  { db }: Pick<StackServices, 'db'>,
  { project }: Pick<Caller, 'project'>,
  name: string,
  id: string,
): Promise<StackRow> {
  const stack = isUuid(id) ? await stacks.find(db, id) : undefined
  if (stack === undefined || stack.name !== name || stack.project !== project)
    throw errors.entityNotFound('Stack', name)
  return stack
}

/** The same, but deleted stacks are gone. */
export async function findLiveStack(
  services: Pick<StackServices, 'db'>,
  caller: Pick<Caller, 'project'>,
  name: string,
  id: string,
): Promise<StackRow> {
  const stack = await findStack(services, caller, name, id)
  if (stack.deletedAt !== null) throw errors.entityNotFound('Stack', name)
  return stack
}

/** Looks a stack up by id (also a deleted one), name (live ones) or ARN, which may name something inside. */
export async function lookUp(
  { db }: Pick<StackServices, 'db'>,
  { project }: Pick<Caller, 'project'>,
  what: string,
): Promise<Pick<StackRow, 'project' | 'name' | 'id'> & Partial<Pick<Arn, 'inside'>>> {
  if (isUuid(what)) {
    const stack = await stacks.find(db, what)
    if (stack !== undefined && stack.project === project) return stack
  }
  const stack = readArn(what) ?? (await stacks.findByName(db, project, what))
  if (stack === undefined) throw errors.entityNotFound('Stack', what)
  return stack
}
