import { hiddenStackTags } from '@hearth/config'
import { type SortKey, type StackQuery, type StackRow, stacks } from '@hearth/db'
import * as errors from '../../errors.js'
import { createStack } from '../../stack/create.js'
import { previewCreate } from '../../stack/preview.js'
import { isUuid } from '../../stack/read/find.js'
import { readRequest, stackNameOf } from '../../stack/request.js'
import { type Asked, type HttpServices, type RouteMaker, route } from '../context.js'
import { formatPreview } from '../format/preview.js'
import { listedStack } from '../format/stack.js'
import type { Query } from '../query.js'

/** The collection of stacks: create, preview, list. */
export const stacksRoutes: RouteMaker = services => [
  route(services, 'POST', '/stacks', async ({ caller, languageBody, requestLimits, links, h }) => {
    const asked = languageBody()
    refuseConverge(asked)
    const stack = await createStack(services, caller, stackNameOf(asked), readRequest(asked, requestLimits))
    const href = links.stack(stack)
    return h
      .response({ stack: { id: stack.id, links: [{ href, rel: 'self' }] } })
      .code(201)
      .header('location', href)
  }),
  route(services, 'POST', '/stacks/preview', async ({ caller, languageBody, requestLimits }) => {
    const asked = languageBody()
    refuseConverge(asked)
    const preview = await previewCreate(services, caller, stackNameOf(asked), readRequest(asked, requestLimits))
    return { stack: formatPreview(preview, new Date(services.clock.now())) }
  }),
  route(services, 'GET', '/stacks', asked => listStacks(services, asked)),
  route(services, 'GET', '/stacks/detail', async ({ caller, links }) => {
    const query: StackQuery = { project: caller.project, filters: {}, sortKeys: ['creation_time'], sortDir: 'desc' }
    return { stacks: (await stacks.list(services.db, query)).map(row => listedStack(row, links, services.workforce)) }
  }),
]

function refuseConverge(body: Record<string, unknown>): void {
  if (body.converge !== undefined) {
    throw errors.badRequest('converge flag only supported in stack update (or update preview) request.')
  }
}

async function listStacks({ db, options, workforce }: HttpServices, { caller, query, links, request }: Asked) {
  if (query.flag('global_tenant')) throw errors.forbidden('stacks:global_index')
  const hidden = query.flag('show_hidden') ? [] : options.get(hiddenStackTags)
  const wanted = stackQuery(query, caller.project, hidden)
  const { limit } = wanted
  const rows = limit === 0 ? [] : await stacks.list(db, wanted)
  const last = rows.at(-1)
  const full = limit !== undefined && limit > 0 && rows.length === limit && last !== undefined
  const next = (): string => {
    const url = new URL(request.url.href)
    url.searchParams.set('marker', (last as StackRow).id)
    return `${links.base.replace(/\/[^/]*$/, '')}${url.pathname}${url.search}`
  }
  return {
    stacks: rows.map(row => listedStack(row, links, workforce)),
    ...(full ? { links: [{ rel: 'next', href: next() }] } : {}),
    ...(query.flag('with_count') ? { count: await stacks.count(db, wanted) } : {}),
  }
}

const sortKeys: readonly SortKey[] = ['stack_name', 'stack_status', 'creation_time', 'updated_time']

function stackQuery(query: Query, project: string, hiddenTags: readonly string[]): StackQuery {
  const keys = query.list('sort_keys').filter((key): key is SortKey => (sortKeys as readonly string[]).includes(key))
  const [sortDir, nulls] = direction(query.text('sort_dir'), keys.length > 0)
  const page = query.page()
  return {
    project,
    filters: filtersOf(query),
    ...optional('tags', tagList(query, 'tags')),
    ...optional('tagsAny', tagList(query, 'tags_any')),
    ...optional('notTags', tagList(query, 'not_tags')),
    ...optional('notTagsAny', tagList(query, 'not_tags_any')),
    showDeleted: query.flag('show_deleted'),
    showNested: query.flag('show_nested'),
    hiddenTags,
    sortKeys: keys.length > 0 ? keys : ['creation_time'],
    sortDir,
    ...(nulls === undefined ? {} : { nulls }),
    ...page,
  }
}

const optional = <K extends string>(key: K, value: string[] | undefined): Partial<Record<K, string[]>> =>
  (value === undefined ? {} : { [key]: value }) as Partial<Record<K, string[]>>

function tagList(query: Query, name: string): string[] | undefined {
  const tags = query.commaList(name)
  for (const tag of tags ?? []) {
    if (tag.length > 80) throw errors.badRequest(`Invalid tag, "${tag}" is longer than 80 characters`)
  }
  return tags
}

function direction(given: string | undefined, keyed: boolean): ['asc' | 'desc', 'first' | 'last' | undefined] {
  if (given === undefined) return [keyed ? 'asc' : 'desc', undefined]
  const match = /^(asc|desc)(?:-nulls(first|last))?$/.exec(given)
  if (match === null) {
    throw errors.valueError(
      `Unknown sort direction "${given}", must be one of: asc-nullsfirst, asc-nullslast, asc, desc-nullsfirst, desc-nullslast, desc`,
    )
  }
  return [match[1] as 'asc' | 'desc', match[2] as 'first' | 'last' | undefined]
}

/** Several values of one filter: any of them. */
function filtersOf(query: Query): StackQuery['filters'] {
  const several = (...names: string[]): string[] => names.flatMap(name => query.list(name))
  const ids = several('id').filter(isUuid)
  const parents = several('owner_id', 'parent').filter(isUuid)
  const minutes = several('timeout_mins')
    .filter(text => /^\d{1,9}$/.test(text))
    .map(Number)
  const rollback = several('disable_rollback').map(text => text.toLowerCase() === 'true')
  const none = (name: string, left: unknown[]): boolean => several(name).length > 0 && left.length === 0
  // Stacks have no project of their own for users.
  const impossible =
    several('stack_user_project_id').length > 0 ||
    none('id', ids) ||
    none('owner_id', parents) ||
    none('parent', parents) ||
    none('timeout_mins', minutes)
  return {
    ...(impossible ? { name: [''] } : { name: several('name', 'stack_name') }),
    id: ids,
    ...query.states(['action', 'stack_action'], ['status', 'stack_status']),
    project: several('tenant'),
    owner: several('username', 'stack_owner'),
    parentId: parents,
    statusReason: several('stack_status_reason'),
    disableRollback: rollback,
    timeoutMins: minutes,
  }
}
