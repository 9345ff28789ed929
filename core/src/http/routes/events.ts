import type { EventQuery } from '@hearth/db'
import * as errors from '../../errors.js'
import { listEvents, showEvent } from '../../stack/read/events.js'
import { isUuid } from '../../stack/read/find.js'
import { type RouteMaker, route } from '../context.js'
import { listedEvent, shownEvent } from '../format/event.js'
import type { Query } from '../query.js'
import { stackAsked } from '../stack-asked.js'

const path = '/stacks/{name}/{id}'

/** The events of a stack and of its resources. */
export const eventRoutes: RouteMaker = services => {
  const { found } = stackAsked(services)
  return [
    route(services, 'GET', `${path}/events`, async asked => {
      const depth = asked.query.count('nested_depth') ?? 0
      const query = eventQuery(asked.query)
      const stack = await found(asked)
      const root = depth > 0 ? stack : undefined
      const listed = query.limit === 0 ? [] : await listEvents(services.db, stack, query, depth)
      return { events: listed.map(({ event, stack: owner }) => listedEvent(event, owner, asked.links, root)) }
    }),
    route(services, 'GET', `${path}/resources/{resource}/events`, async asked => {
      const resource = asked.params.resource as string
      const query = eventQuery(asked.query)
      const stack = await found(asked)
      const filters = { ...query.filters, resourceName: [resource] }
      const listed = query.limit === 0 ? [] : await listEvents(services.db, stack, { ...query, filters }, 0)
      if (listed.length === 0) throw errors.httpNotFound(`No events found for resource ${resource}`)
      return { events: listed.map(({ event }) => listedEvent(event, stack, asked.links)) }
    }),
    route(services, 'GET', `${path}/resources/{resource}/events/{event}`, async asked => {
      const { resource = '', event = '' } = asked.params
      const stack = await found(asked)
      if (!isUuid(event)) throw errors.httpNotFound(`No event ${event} found`)
      return { event: shownEvent(await showEvent(services.db, stack, resource, event), stack, asked.links) }
    }),
  ]
}

function eventQuery(query: Query): Omit<EventQuery, 'stackIds'> {
  const sortDir = query.text('sort_dir') ?? 'desc'
  if (sortDir !== 'asc' && sortDir !== 'desc') {
    throw errors.badRequest(`Unrecognized value "${sortDir}" for "sort_dir", acceptable values are: asc, desc.`)
  }
  const keys = query
    .list('sort_keys')
    .filter((key): key is 'event_time' | 'resource_type' => key === 'event_time' || key === 'resource_type')
  return {
    filters: {
      status: query.list('resource_status'),
      action: query.list('resource_action'),
      resourceName: query.list('resource_name'),
      resourceType: query.list('resource_type'),
    },
    sortKeys: keys,
    sortDir,
    ...query.page(),
  }
}
