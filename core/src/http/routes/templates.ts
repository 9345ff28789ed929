import * as errors from '../../errors.js'
import { nestingOf } from '../../stack/create.js'
import { readRequest } from '../../stack/request.js'
import { templateFunctions, templateVersions, validateTemplate, versionOfKey } from '../../template/index.js'
import { type RouteMaker, route } from '../context.js'

/** The template language: validation, versions, functions. */
export const templateRoutes: RouteMaker = services => [
  route(services, 'POST', '/validate', ({ caller, body, query, requestLimits }) => {
    query.flag('show_nested')
    const { content, environment, files } = readRequest(body(), requestLimits)
    return validateTemplate({
      template: content,
      environment,
      files,
      types: services.types,
      language: services.language,
      stack: { id: null, name: 'None', project: caller.project },
      nesting: nestingOf(services.options),
    })
  }),
  route(services, 'GET', '/template_versions', () => ({ template_versions: templateVersions() })),
  route(services, 'GET', '/template_versions/{template}/functions', ({ params, query }) => {
    const version = versionOfKey(params.template as string)
    if (version === undefined) throw errors.notFound(`Template with version ${params.template} not found`)
    return { template_functions: templateFunctions(version, query.flag('with_condition_func')) }
  }),
]
