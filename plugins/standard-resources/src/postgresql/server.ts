import {
  type JsonMap,
  type MaybeUnknown,
  type Properties,
  PropertyFailure,
  type PropertySchemas,
} from '@hearth/core/plugin'
import { attempt } from '../attempt.js'
import { text } from '../text.js'

/** How much of a connection is protected, in the words of libpq. */
const sslModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const
export type SslMode = (typeof sslModes)[number]

/** A server, and who it is used as. */
export interface Server {
  /** A name or address; or the folder of a Unix socket, if the operator says so. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string | undefined
  /** The one to connect to when a resource names none. */
  readonly database: string
  readonly sslMode: SslMode
  /** Certificates of authorities in PEM; absent: those that Node trusts. */
  readonly authority?: string
}

const defaults = { port: 5432, database: 'postgres', sslMode: 'verify-full' } as const

/** Which server a resource is on: the same for every type. */
export const serverProperties: PropertySchemas = {
  connection: {
    type: 'string',
    description: 'Name of a server in [postgresql] connections. Either this or server.',
    updateAllowed: true,
  },
  server: {
    type: 'map',
    description:
      'The server, and who it is used as. Another host or port replaces the resource; all else counts from then on. The operator decides which addresses may be reached.',
    updateAllowed: true,
    schema: {
      host: {
        type: 'string',
        description: 'Its name or address.',
        required: true,
        constraints: [{ length: { min: 1 } }],
      },
      port: {
        type: 'integer',
        description: 'Its port.',
        default: defaults.port,
        constraints: [{ range: { min: 1, max: 65_535 } }],
      },
      user: { type: 'string', description: 'The role to connect as.', required: true },
      password: { type: 'string', description: 'Its password.', secret: true },
      database: {
        type: 'string',
        description: 'The database to connect to for what belongs to no database.',
        default: defaults.database,
      },
      sslmode: {
        type: 'string',
        description:
          'disable: nothing is encrypted. require: encrypted, to whomever. verify-ca: an authority has signed its certificate. verify-full: and it is for this host.',
        default: defaults.sslMode,
        constraints: [{ allowed_values: [...sslModes] }],
      },
      ca_cert_pem: {
        type: 'string',
        description: 'Certificates of the authorities to trust, in PEM. Unset: those that Node trusts.',
      },
    },
  },
}

/**
 * The server that properties name.
 * @param named those of the operator.
 * @throws PropertyFailure if there is none of that name, or both or none of the properties are given.
 */
export function serverOf(
  { connection = null, server = null }: Readonly<Record<string, MaybeUnknown>>,
  named: ReadonlyMap<string, Server>,
): Server {
  if ((connection === null) === (server === null))
    throw new PropertyFailure('server', 'expected either connection or server, and not both')
  if (typeof connection === 'string') {
    const found = named.get(connection)
    if (found === undefined)
      throw new PropertyFailure('connection', `'${connection}' is not among [postgresql] connections`)
    return found
  }
  const { host, port, user, password, database, sslmode, ca_cert_pem: authority } = server as JsonMap
  return {
    host: text(host),
    port: Number(port),
    user: text(user),
    password: typeof password === 'string' ? password : undefined,
    database: text(database),
    sslMode: sslmode as SslMode,
    ...(typeof authority === 'string' && authority !== '' ? { authority } : {}),
  }
}

/** Whether it is on another server from now on: then it is another resource. */
export function movesServer(previous: Properties, wanted: Readonly<Record<string, MaybeUnknown>>): string | undefined {
  const before = placeOf(previous)
  return before === undefined || before === placeOf(wanted) ? undefined : 'its server changes'
}

/** How a server is called in ids. */
export function placeOf({ connection, server }: Readonly<Record<string, MaybeUnknown>>): string | undefined {
  if (typeof connection === 'string') return connection
  const { host, port } = (server ?? {}) as Record<string, MaybeUnknown>
  return host === undefined ? undefined : `${text(host)}:${text(port)}`
}

/** A server by its URL; undefined if it is none, or says something that is not known. `host` may be the folder of a socket. */
export function readUrl(text: string): Server | undefined {
  const url = /^postgres(ql)?:/.test(text) ? attempt(() => new URL(text)) : undefined
  if (url === undefined || url.username === '') return undefined
  const { sslmode = defaults.sslMode, host, ...others } = Object.fromEntries(url.searchParams)
  const sslMode = sslModes.find(mode => mode === sslmode)
  const name = host ?? url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (sslMode === undefined || name === '' || Object.keys(others).length > 0) return undefined
  return {
    host: decodeURIComponent(name),
    port: Number(url.port === '' ? defaults.port : url.port),
    user: decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || defaults.database,
    sslMode,
  }
}
