import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import type { JsonMap } from '../../plugin/json.js'
import { keyedDigestOf } from '../digest.js'

const vectorBytes = 12
const vectorsAtOnce = 256

/** Keeps the data of resources encrypted at rest: AES-256-GCM, `v1:<iv>:<tag>:<text>` in base64. */
export class Secrets {
  private readonly key: Buffer
  private readonly digestKey: Buffer
  /** Tells this key from another one, and nobody what it is. */
  readonly fingerprint: string
  /** Drawn together: a draw costs more than what is encrypted with it. */
  private vectors = Buffer.alloc(0)

  /** @param key `[DEFAULT] auth_encryption_key`, or the key that the daemon made for itself. */
  constructor(key: string) {
    this.key = createHash('sha256').update(key).digest()
    this.digestKey = createHmac('sha256', key).update('digests').digest()
    this.fingerprint = createHmac('sha256', key).update('fingerprint').digest('base64url')
  }

  seal(data: JsonMap): string {
    return this.sealText(JSON.stringify(data))
  }

  sealText(plain: string): string {
    const iv = this.vector()
    const cipher = createCipheriv('aes-256-gcm', this.key, iv)
    // This kind of cipher keeps nothing back.
    const text = cipher.update(plain, 'utf8')
    cipher.final()
    return ['v1', iv.toString('base64'), cipher.getAuthTag().toString('base64'), text.toString('base64')].join(':')
  }

  /** Tells equal content from other content, and nobody without the key what it is. */
  digestOf(value: unknown): string {
    return keyedDigestOf(this.digestKey, value)
  }

  private vector(): Buffer {
    if (this.vectors.length === 0) this.vectors = randomBytes(vectorsAtOnce * vectorBytes)
    const vector = this.vectors.subarray(0, vectorBytes)
    this.vectors = this.vectors.subarray(vectorBytes)
    return vector
  }

  /** @throws when the key is not the one that sealed it, naming the option to look at. */
  open(sealed: string): JsonMap {
    return JSON.parse(this.openText(sealed)) as JsonMap
  }

  /** @throws as `open`. */
  openText(sealed: string): string {
    const [version, iv, tag, text] = sealed.split(':')
    try {
      if (version !== 'v1') throw new Error(`unknown form ${version}`)
      const decipher = createDecipheriv('aes-256-gcm', this.key, Buffer.from(iv ?? '', 'base64'))
      decipher.setAuthTag(Buffer.from(tag ?? '', 'base64'))
      return Buffer.concat([decipher.update(Buffer.from(text ?? '', 'base64')), decipher.final()]).toString('utf8')
    } catch {
      throw new Error(
        'Stored resource data cannot be decrypted: [DEFAULT] auth_encryption_key is not the key it was written with.',
      )
    }
  }
}
