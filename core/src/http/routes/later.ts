import * as errors from '../../errors.js'
import { type RouteMaker, route } from '../context.js'

/** What Heat's API has and this version does not carry out: said so, instead of not found. */
const later = [
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
