import { createHash } from 'node:crypto'

/** Messages of several parts, as Python's email package writes and reads them. */

export interface Part {
  readonly config: string
  readonly filename: string | null
  readonly type: 'text' | 'multipart'
  readonly subtype: string | null
}

interface Piece {
  readonly text: string
  readonly subtype: string
  readonly filename: string
}

/** `multipart` parts are taken apart, and theirs appended. */
export function mimeMessage(parts: readonly Part[]): string {
  const pieces = parts.flatMap(({ config, filename, type, subtype }) =>
    type === 'multipart' ? piecesOf(config) : [{ text: config, subtype: subtype ?? '', filename: filename ?? '' }],
  )
  const bodies = pieces.map(written)
  const boundary = boundaryFor(bodies)
  const lines = [
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    'MIME-Version: 1.0',
    '',
    ...bodies.flatMap(body => [`--${boundary}`, body]),
    `--${boundary}--`,
    '',
  ]
  return lines.join('\n')
}

function written({ text, subtype, filename }: Piece): string {
  const kind = subtype || stemOf(filename) || 'plain'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant.
  const plain = /^[\x00-\x7f]*$/.test(text)
  return [
    `Content-Type: text/${kind}; charset="${plain ? 'us-ascii' : 'utf-8'}"`,
    'MIME-Version: 1.0',
    `Content-Transfer-Encoding: ${plain ? '7bit' : 'base64'}`,
    ...(filename === '' ? [] : [`Content-Disposition: attachment; filename="${filename.replace(/["\\]/g, '\\$&')}"`]),
    '',
    plain ? text : base64Of(text),
  ].join('\n')
}

const stemOf = (filename: string): string => filename.replace(/(?<=[^/])\.[^./]*$/, '')

/** In lines of 76 characters, the last one ended too. */
const base64Of = (text: string): string =>
  Buffer.from(text, 'utf8')
    .toString('base64')
    .replace(/.{1,76}/g, '$&\n')

/** The same for the same content, and in none of the parts. */
function boundaryFor(bodies: readonly string[]): string {
  for (let salt = 0; ; salt++) {
    const hash = createHash('sha256')
      .update(JSON.stringify([salt, ...bodies]))
      .digest()
    const digits = hash.readBigUInt64BE().toString().padStart(19, '0').slice(0, 19)
    const boundary = `===============${digits}==`
    if (!bodies.some(body => body.includes(boundary))) return boundary
  }
}

/** The parts of a message as they are written, not decoded; none if it has none. */
export function piecesOf(message: string): Piece[] {
  const { headers, body } = takenApart(message)
  const boundary = parameterOf(headers.get('content-type'), 'boundary')
  if (boundary === undefined || !/^\s*multipart\//i.test(headers.get('content-type') ?? '')) return []
  const [, ...sections] = `\n${body.replaceAll('\r\n', '\n')}`.split(`\n--${boundary}`)
  const end = sections.findIndex(section => section.startsWith('--'))
  return sections.slice(0, end < 0 ? sections.length : end).map(section => {
    const part = takenApart(section.replace(/^[^\n]*\n/, ''))
    const type = part.headers.get('content-type')
    const subtype = /^\s*[^/;\s]+\/([^;\s]+)/.exec(type ?? '')?.[1]?.toLowerCase() ?? 'plain'
    const filename = parameterOf(part.headers.get('content-disposition'), 'filename') ?? parameterOf(type, 'name') ?? ''
    return { text: part.body, subtype, filename }
  })
}

function takenApart(text: string): { headers: Map<string, string>; body: string } {
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  const headers = new Map<string, string>()
  let last = ''
  let index = 0
  for (; index < lines.length && lines[index] !== ''; index++) {
    const line = lines[index] as string
    const match = /^([^\s:]+):\s*(.*)$/.exec(line)
    if (match !== null) {
      last = (match[1] as string).toLowerCase()
      headers.set(last, match[2] as string)
    } else if (/^\s/.test(line) && headers.has(last)) headers.set(last, `${headers.get(last)} ${line.trim()}`)
    else break
  }
  return { headers, body: lines.slice(lines[index] === '' ? index + 1 : index).join('\n') }
}

function parameterOf(header: string | undefined, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i').exec(header ?? '')
  return match?.[1]?.replace(/\\(.)/g, '$1') ?? match?.[2]
}
