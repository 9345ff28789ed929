import * as errors from '../../errors.js'
import { type RouteMaker, route } from '../context.js'

const stack = '/stacks/{name}/{id}'

/** What Heat's API has and this version does not carry out: said so, instead of not found. */
const later = [
  ['POST', `${stack}/snapshots`, 'Stack Snapshot'],
  ['GET', `${stack}/snapshots`, 'Stack Snapshot'],
  ['GET', `${stack}/snapshots/{snapshot}`, 'Stack Snapshot'],
  ['DELETE', `${stack}/snapshots/{snapshot}`, 'Stack Snapshot'],
  ['POST', `${stack}/snapshots/{snapshot}/restore`, 'Stack Snapshot'],
  ['DELETE', `${stack}/abandon`, 'Stack Abandon'],
  ['GET', `${stack}/export`, 'Stack Export'],
  ['PATCH', `${stack}/resources/{resource}`, 'Marking resources unhealthy'],
  ['GET', '/software_configs', 'Software config'],
  ['POST', '/software_configs', 'Software config'],
  ['GET', '/software_deployments', 'Software deployment'],
  ['POST', '/software_deployments', 'Software deployment'],
] as const

export const laterRoutes: RouteMaker = services =>
  later.map(([method, path, what]) =>
    route(services, method, path, () => {
      throw errors.notSupported(what)
    }),
  )
