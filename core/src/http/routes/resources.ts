import { limits } from '@hearth/config'
import type { JsonMap } from '../../plugin/index.js'
import { type Health, markUnhealthy } from '../../stack/mark-unhealthy.js'
import { signalResource } from '../../stack/signal/signal.js'
import * as errors from '../../errors.js'
import type { ResourceFilters } from '../../stack/read/resource-filters.js'
import { showMetadata } from '../../stack/read/metadata.js'
import { listResources, showResource } from '../../stack/read/resources.js'
import { type HttpServices, type RouteMaker, route } from '../context.js'
import { formatResource } from '../format/resource.js'
import type { Query } from '../query.js'
import { stackAsked } from '../stack-asked.js'

const path = '/stacks/{name}/{id}/resources'

/** The resources of a stack. */
export const resourceRoutes: RouteMaker = services => {
  const { found, live } = stackAsked(services)
  return [
    route(services, 'GET', path, async asked => {
      const { filters, withDetail, depth } = resourceQuery(asked.query, services)
      const views = await listResources(services, await found(asked), filters, withDetail, depth)
      return { resources: views.map(view => formatResource(view, asked.links)) }
    }),
    route(services, 'GET', `${path}/{resource}`, async asked => {
      const stack = await live(asked)
      const view = await showResource(services, stack, asked.params.resource as string, asked.query.list('with_attr'))
      return { resource: formatResource(view, asked.links) }
    }),
    route(services, 'GET', `${path}/{resource}/metadata`, async asked => {
      return { metadata: await showMetadata(services, await live(asked), asked.params.resource as string) }
    }),
    route(services, 'POST', `${path}/{resource}/signal`, async asked => {
      await signalResource(services, await live(asked), asked.params.resource as string, asked.maybeBody())
      return null
    }),
    route(services, 'PATCH', `${path}/{resource}`, async asked => {
      await markUnhealthy(services, await live(asked), asked.params.resource as string, healthOf(asked.body()))
      return null
    }),
  ]
}

const healthKeys = ['mark_unhealthy', 'resource_status_reason']

function healthOf(body: JsonMap): Health {
  const unknown = Object.keys(body).filter(key => !healthKeys.includes(key))
  if (unknown.length > 0) {
    throw errors.badRequest(
      `Invalid keys in resource mark unhealthy ${unknown.join(', ')}; allowed: ${healthKeys.join(', ')}`,
    )
  }
  const { mark_unhealthy: mark, resource_status_reason: reason } = body
  if (mark === undefined) {
    throw errors.badRequest('Missing mandatory (mark_unhealthy) key from mark unhealthy request')
  }
  const word = typeof mark === 'string' ? mark.toLowerCase() : JSON.stringify(mark)
  if (word !== 'true' && word !== 'false') {
    throw errors.badRequest(
      `Unrecognized value ${JSON.stringify(mark)} for "mark_unhealthy", acceptable values are: true, false.`,
    )
  }
  return { unhealthy: word === 'true', ...(typeof reason === 'string' && reason !== '' ? { reason } : {}) }
}

const filterNames = ['type', 'status', 'name', 'action', 'id', 'physical_resource_id']
const otherNames = ['nested_depth', 'with_detail']

/** Heat refuses unknown keys here, and only here. */
function resourceQuery(
  query: Query,
  { options }: Pick<HttpServices, 'options'>,
): { filters: ResourceFilters; withDetail: boolean; depth: number } {
  const unknown = query.keys().filter(key => !filterNames.includes(key) && !otherNames.includes(key))
  if (unknown.length > 0) {
    throw errors.badRequest(
      `Invalid filter parameters [${unknown.map(key => `'${key}'`).join(', ')}]; allowed: ${[...filterNames, ...otherNames].join(', ')}`,
    )
  }
  const depth = Math.min(query.count('nested_depth') ?? 0, options.get(limits.maxNestedStackDepth))
  return {
    filters: {
      id: query.list('id'),
      name: query.list('name'),
      type: query.list('type'),
      physicalId: query.list('physical_resource_id'),
      ...query.states(['action'], ['status']),
    },
    withDetail: query.flag('with_detail'),
    depth,
  }
}
