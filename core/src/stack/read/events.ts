import { type EventQuery, type EventRow, events, type HearthDatabase, type StackRow, stacks } from '@hearth/db'
import * as errors from '../../errors.js'

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
  const family = new Map([[stack.id, stack]])
  let level = [stack]
  for (let below = 0; below < depth && level.length > 0; below++) {
    level = await stacks.list(db, {
      filters: { parentId: level.map(({ id }) => id) },
      showNested: true,
      showDeleted: true,
      sortKeys: ['creation_time'],
      sortDir: 'asc',
    })
    for (const child of level) family.set(child.id, child)
  }
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
