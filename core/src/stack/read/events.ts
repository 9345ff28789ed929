import { type EventQuery, type EventRow, events, type HearthDatabase, type StackRow } from '@hearth/db'
import * as errors from '../../errors.js'
import { familyOf } from './family.js'

export interface ListedEvent {
  readonly event: EventRow
  readonly stack: StackRow
}

/** Events of a stack and of those up to `depth` levels below it, in one order. */
export async function listEvents(
  db: HearthDatabase,
  stack: StackRow,
  query: Omit<EventQuery, 'stackIds'>,
  depth: number,
): Promise<ListedEvent[]> {
  const members = await familyOf(db, stack, depth, { showDeleted: true })
  const family = new Map(members.map(member => [member.id, member]))
  const found = await events.list(db, { ...query, stackIds: [...family.keys()] })
  return found.flatMap(event => {
    const owner = family.get(event.stackId)
    return owner === undefined ? [] : [{ event, stack: owner }]
  })
}

/** With the properties that the resource had then. @throws HTTPNotFound */
export async function showEvent(db: HearthDatabase, stack: StackRow, resource: string, id: string): Promise<EventRow> {
  const found = await events.list(db, {
    stackIds: [stack.id],
    filters: { id: [id], resourceName: [resource] },
    sortKeys: [],
    sortDir: 'asc',
  })
  const [event] = found
  if (event === undefined) throw errors.httpNotFound(`No event ${id} found`)
  return { ...event, properties: await events.propertiesAt(db, event) }
}
