import * as errors from '../../errors.js'
import { nestingOf, timeoutSeconds } from '../../stack/create.js'
import { readRequest } from '../../stack/request.js'
import { checked, type Checking, templateFunctions, validating, type Warning } from '../../template/index.js'
import { type RouteMaker, route, textsOf } from '../context.js'
import { warningsOf } from '../warnings.js'
import type { Query } from '../query.js'

/** The template language: validation, versions, functions. */
export const templateRoutes: RouteMaker = services => [
  route(services, 'POST', '/validate', async ({ caller, languageBody, query, request, requestLimits }) => {
    const showNested = query.flag('show_nested')
    const ignoreUnavailable = ignoredIn(query)
    const doubts: Warning[] = []
    const read = readRequest(languageBody(), requestLimits, doubt => doubts.push(doubt))
    const { content, environment, files, timeoutMins = null } = read
    const work = (given: Checking) =>
      validating({
        ...given,
        ignoreUnavailable,
        showNested,
        template: content,
        environment,
        files,
        types: services.types,
        language: services.language,
        stack: { id: null, name: 'None', project: caller.project },
        timeoutSeconds: timeoutSeconds(services, timeoutMins),
        nesting: nestingOf(services.options),
      })
    const valid = await checked(services.language, work, caller.project)
    const warnings = warningsOf(textsOf(request), [...doubts, ...valid.warnings])
    return warnings.length === 0 ? valid.body : { ...valid.body, Warnings: warnings }
  }),
  route(services, 'GET', '/template_versions', () => ({ template_versions: services.language.formats.list() })),
  route(services, 'GET', '/template_versions/{template}/functions', ({ params, query }) => {
    const version = services.language.formats.find(params.template as string)
    if (version === undefined) throw errors.notFound(`Template with version ${params.template} not found`)
    return { template_functions: templateFunctions(version, query.flag('with_condition_func')) }
  }),
]

/** The code of the only error that can be ignored: a type whose service is not there. */
const unavailableCode = '99001'

/** @throws HTTPBadRequest */
function ignoredIn(query: Query): boolean {
  const codes = query.commaList('ignore_errors')?.map(code => code.trim()) ?? []
  const unknown = codes.find(code => code !== unavailableCode)
  if (unknown !== undefined) {
    throw errors.badRequest(`Invalid codes in ignore_errors : ${unknown}; expected ${unavailableCode}`)
  }
  return codes.length > 0
}
