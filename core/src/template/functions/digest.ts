import { createHash } from 'node:crypto'
import * as errors from '../../errors.js'
import { Unknown } from '../../plugin/schema.js'
import { repr } from '../values/python.js'
import type { Rule } from './rule.js'

/** Python's names of hash functions, and OpenSSL's. */
const algorithms: Readonly<Record<string, string>> = {
  md5: 'md5',
  sha1: 'sha1',
  sha224: 'sha224',
  sha256: 'sha256',
  sha384: 'sha384',
  sha512: 'sha512',
  sha512_224: 'sha512-224',
  sha512_256: 'sha512-256',
  sha3_224: 'sha3-224',
  sha3_256: 'sha3-256',
  sha3_384: 'sha3-384',
  sha3_512: 'sha3-512',
  blake2b: 'blake2b512',
  blake2s: 'blake2s256',
  ripemd160: 'ripemd160',
  sm3: 'sm3',
}

export const digest: Rule = {
  description: 'A function for performing digest operations.',
  evaluate: (args, { name }) => {
    if (Unknown.is(args)) return args
    if (!Array.isArray(args) || !args.every(arg => typeof arg === 'string' || Unknown.is(arg))) {
      throw errors.valueError(`Argument to function "${name}" must be a list of strings`)
    }
    if (args.length !== 2) throw errors.valueError(`Function "${name}" usage: ["<algorithm>", "<value>"]`)
    const [algorithm, text] = args
    if (typeof algorithm !== 'string') return new Unknown()
    const lower = algorithm.toLowerCase()
    const known = Object.hasOwn(algorithms, lower) ? algorithms[lower] : undefined
    if (known === undefined) {
      throw errors.valueError(`Algorithm must be one of {${Object.keys(algorithms).map(repr).join(', ')}}`)
    }
    return typeof text === 'string' ? hash(known, text) : new Unknown()
  },
}

function hash(algorithm: string, text: string): string {
  const position = [...text].findIndex(char => (char.codePointAt(0) ?? 0) > 0xff)
  if (position >= 0) {
    const char = `\\u${text.charCodeAt(position).toString(16).padStart(4, '0')}`
    throw errors.valueError(
      `'latin-1' codec can't encode character '${char}' in position ${position}: ordinal not in range(256)`,
    )
  }
  return createHash(algorithm).update(Buffer.from(text, 'latin1')).digest('hex')
}
