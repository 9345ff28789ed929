import type { Json, JsonMap, Properties } from '@hearth/core/plugin'
import { placeholdersIn } from './placeholders.js'
import type { Common, Condition, Declared } from './requests.js'

/** The properties of a resource, as its schema makes them. */
export interface Wanted extends Common {
  readonly create: Declared
  readonly read: Declared | null
  readonly update: Declared | null
  readonly delete: Declared | null
  readonly id: string
  readonly values: Readonly<Record<string, string>>
  readonly ready: (Condition & Waiting & { readonly failed: readonly Json[] }) | null
  readonly gone: Waiting | null
  readonly expect: JsonMap
  readonly idempotency_header: string
  readonly request_timeout: number
  readonly retries: number
  readonly retry_delay: number
}

interface Waiting {
  readonly interval: number
  readonly timeout: number
}

/** What was imported has no properties: its URL is asked, as it stands. */
const imported = {
  create: { method: 'GET', url: '{{url}}' },
  read: { method: 'GET', url: '{{url}}' },
  update: null,
  delete: null,
  id: '$.id',
  values: {},
  ready: null,
  gone: null,
  expect: {},
  headers: {},
  query: {},
  auth: null,
  idempotency_header: '',
  request_timeout: 30,
  retries: 4,
  retry_delay: 1,
} satisfies Wanted

export const wantedOf = (properties: Properties): Wanted =>
  Object.keys(properties).length === 0 ? imported : (properties as unknown as Wanted)

/** The request that changes the object in place, if there is one. */
export const updateOf = ({ create, update }: Pick<Wanted, 'create' | 'update'>): Declared | null =>
  update ?? (create.method === 'PUT' ? create : null)

/** Whether any request after the first one needs the URL of the object. */
export const goesToUrl = ({ read, update, delete: remove }: Pick<Wanted, 'read' | 'update' | 'delete'>): boolean =>
  [read, update, remove].some(request =>
    placeholdersIn([request?.url ?? '', request?.headers ?? null, request?.body ?? null]).includes('url'),
  )

/** The URL of the object as it is declared; undefined: the answer to create tells it. */
export function declaredUrl({ create, read }: Pick<Wanted, 'create' | 'read'>): string | undefined {
  if (read !== null && !placeholdersIn(read.url).includes('url')) return read.url
  return create.method === 'PUT' ? create.url : undefined
}

/** The declared URL if that of another incarnation would be the same: the two cannot stand beside each other. */
export function fixedUrl(wanted: Pick<Wanted, 'create' | 'read'>): string | undefined {
  const url = declaredUrl(wanted)
  return url === undefined || placeholdersIn(url).some(name => ['id', 'name', 'key'].includes(name)) ? undefined : url
}
