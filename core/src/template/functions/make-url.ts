import * as errors from '../../errors.js'
import { plain, told } from '../../told.js'
import { type MaybeUnknown, Unknown } from '../../plugin/schema.js'
import { entriesOf } from '../expression.js'
import { plainScalar } from '../values/float.js'
import { isMap, own } from '../values/maps.js'
import { parseInteger, repr, str } from '../values/python.js'
import type { Rule } from './rule.js'

/** Schemes whose URLs have a place for a host, though it be empty: `urllib.parse.uses_netloc`. */
const withLocation = new Set(
  'file ftp git git+ssh gopher http https imap mms nfs nntp prospero rsync rtsp rtspu sftp shttp snews svn svn+ssh telnet wais ws wss'.split(
    ' ',
  ),
)

const parts = ['scheme', 'username', 'password', 'host', 'port', 'path', 'query', 'fragment']

export const makeUrl: Rule = {
  description: 'A function for building URLs.',
  shape: (args, { name }) => {
    if (entriesOf(args) === undefined) throw errors.valueError(`The arguments to "${name}" must be a map`)
  },
  check: (args, { name }) => {
    const wrong = [...(entriesOf(args)?.keys() ?? [])].filter(key => !parts.includes(key))
    if (wrong.length > 0)
      throw errors.valueError(told`Invalid arguments to "${plain(name)}": ${wrong.sort().join(', ')}`)
  },
  evaluate: (args, { name }) => {
    if (!isMap<MaybeUnknown>(args)) return new Unknown()
    if (Unknown.within(args)) return new Unknown()
    return assemble(args, name)
  },
}

function assemble(args: Record<string, MaybeUnknown>, name: string): string {
  const text = (part: string): string => {
    const value = own(args, part) ?? null
    if (value === null) return ''
    if (typeof value !== 'string') throw errors.valueError(`The "${part}" argument to "${name}" must be a string`)
    return value
  }
  const scheme = text('scheme')
  if (scheme.includes(':')) throw errors.valueError('URL "scheme" should not contain \':\'')
  const location = credentials(text('username'), text('password')) + hostOf(text('host')) + portOf(args, name)
  const path = quote(text('path'), '/')
  const query = own(args, 'query') ?? null
  if (query !== null && !isMap(query)) throw errors.valueError(`The "query" argument to "${name}" must be a map`)
  const search = query === null ? '' : encodeQuery(query)
  const fragment = quote(text('fragment'), '/')
  let url = path
  if (location !== '' || (withLocation.has(scheme.toLowerCase()) && !path.startsWith('//'))) {
    url = `//${location}${path === '' || path.startsWith('/') ? path : `/${path}`}`
  }
  if (scheme !== '') url = `${scheme.toLowerCase()}:${url}`
  if (search !== '') url += `?${search}`
  return fragment === '' ? url : `${url}#${fragment}`
}

function credentials(username: string, password: string): string {
  if (username === '' && password === '') return ''
  return `${quote(username, '')}${password === '' ? '' : `:${quote(password, '')}`}@`
}

function hostOf(host: string): string {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  const encoded = quote(bare, ':')
  return encoded.includes(':') ? `[${encoded}]` : encoded
}

function portOf(args: Record<string, MaybeUnknown>, name: string): string {
  const port = own(args, 'port') ?? null
  if (port === null) return ''
  const number = typeof port === 'string' ? parseInteger(port) : plainScalar(port)
  if (typeof number !== 'number') {
    throw errors.valueError(told`Invalid URL port "${str(port)}" for ${plain(name)} called with ${repr(args)}`)
  }
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    throw errors.valueError(told`Invalid URL port ${str(port)}, must be in range 1-65535`)
  }
  return `:${number}`
}

/** `urllib.parse.quote`. */
function quote(text: string, safe: string): string {
  return [...text].map(char => (/[A-Za-z0-9_.~-]/.test(char) || safe.includes(char) ? char : percent(char))).join('')
}

const percent = (char: string): string =>
  [...Buffer.from(char)].map(byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')

const encodeQuery = (query: Record<string, MaybeUnknown>): string =>
  Object.entries(query)
    .map(([key, value]) => `${formQuote(key)}=${formQuote(str(value))}`)
    .join('&')

const formQuote = (text: string): string => quote(text, '/ ').replaceAll(' ', '+')
