import { createHash } from 'node:crypto'
import { type JsonMap, PropertyFailure } from '@hearth/core/plugin'

/** The bytes that a file is to have. @throws PropertyFailure if they are not written as `encoding` says. */
export function bytesOf({ content, encoding }: JsonMap): Buffer {
  const text = (content ?? '') as string
  if (encoding !== 'base64') return Buffer.from(text, 'utf8')
  const compact = text.replace(/\s/g, '')
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) {
    throw new PropertyFailure('content', "expected Base64, as 'encoding' says")
  }
  return Buffer.from(compact, 'base64')
}

/** A file's bytes as a property says them: in the words of `wanted` if those mean the same. */
export function contentOf(bytes: Buffer, wanted: JsonMap): string {
  if (bytes.equals(bytesOf(wanted))) return (wanted.content ?? '') as string
  return bytes.toString(wanted.encoding === 'base64' ? 'base64' : 'utf8')
}

export const digest = (bytes: Buffer, algorithm: 'sha256' | 'sha512' = 'sha256'): string =>
  createHash(algorithm).update(bytes).digest('hex')

export const modeOf = ({ mode }: JsonMap): number => Number.parseInt(mode as string, 8)
/** As a template writes it: `0644`. */
export const modeText = (mode: number): string => `0${(mode & 0o777).toString(8).padStart(3, '0')}`
