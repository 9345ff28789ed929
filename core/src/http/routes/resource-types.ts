import { RE2JS } from 're2js'
import * as errors from '../../errors.js'
import type { ResourceType } from '../../plugin/index.js'
import { describeType, templateOfType } from '../../resource/describe.js'
import { type HttpServices, type RouteMaker, route } from '../context.js'

const unsupported = 'UNSUPPORTED'
const statuses = ['UNKNOWN', 'SUPPORTED', 'DEPRECATED', unsupported, 'HIDDEN']

/** The resource types of the loaded plugins, and those that are known not to be there. */
export const resourceTypeRoutes: RouteMaker = services => [
  route(services, 'GET', '/resource_types', ({ query }) => {
    const status = query.text('support_status')
    if (status !== undefined && !statuses.includes(status.toUpperCase())) {
      throw errors.dataInvalid(`Unrecognized support status "${status}", must be one of: ${statuses.join(', ')}`)
    }
    const version = query.text('version')
    const matches = nameFilter(query.text('name'))
    const types = services.types
      .names()
      .flatMap(name => services.types.find(name) ?? [])
      .filter(({ support }) => support.status !== 'HIDDEN')
      .filter(({ support }) => status === undefined || support.status === status.toUpperCase())
      .filter(({ support }) => version === undefined || support.version === version)
    const listed = [...types, ...(status?.toUpperCase() === unsupported ? absentTypes(services, version) : [])]
      .filter(({ name }) => matches(name))
      .sort((one, other) => (one.name < other.name ? -1 : 1))
    return {
      resource_types: query.flag('with_description')
        ? listed.map(({ name, description }) => ({ resource_type: name, description }))
        : listed.map(({ name }) => name),
    }
  }),
  route(services, 'GET', '/resource_types/{type}', ({ params }) => {
    const type = typeOf(services, params.type as string)
    if (type.support.status === 'HIDDEN') throw errors.notSupported(`Hidden resource type ${type.name}`)
    return describeType(type)
  }),
  route(services, 'GET', '/resource_types/{type}/template', ({ params, query }) => {
    const type = typeOf(services, params.type as string)
    const form = query.text('template_type') ?? 'cfn'
    if (form !== 'cfn' && form !== 'hot') {
      throw errors.badRequest(`Template type is not supported: ${form}; expected cfn or hot`)
    }
    return templateOfType(type, form)
  }),
]

/** @throws EntityNotFound, ResourceTypeUnavailable */
function typeOf({ types }: HttpServices, name: string): ResourceType {
  const type = types.find(name)
  if (type !== undefined) return type
  const absent = types.absent(name)
  throw absent === undefined
    ? errors.entityNotFound('Resource Type', name)
    : errors.resourceTypeUnavailable(absent.service, name, absent.reason)
}

/** Types whose service is not there: Heat leaves them out of its lists, where clients look for what they can use. */
function absentTypes({ types }: HttpServices, version: string | undefined): { name: string; description: string }[] {
  if (version !== undefined) return []
  return types.absentNames().flatMap(name => {
    const absent = types.absent(name)
    return absent === undefined
      ? []
      : [{ name, description: `Service ${absent.service} is not available: ${absent.reason}` }]
  })
}

/** A regular expression matched from the start; a bad one matches nothing. */
function nameFilter(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true
  try {
    const expression = RE2JS.compile(pattern)
    return name => expression.matcher(name).lookingAt()
  } catch {
    return () => false
  }
}
