import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(pbkdf2)

/** As PostgreSQL makes them itself. */
const iterations = 4096
const saltOctets = 16

const form = /^SCRAM-SHA-256\$(\d{1,9}):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)$/

/**
 * What a server keeps of a password (RFC 5803), so that the password itself is never sent to it, and stands in no log.
 * @param salt another one at each call, unless given.
 */
export async function scramVerifier(
  password: string,
  { salt = randomBytes(saltOctets), count = iterations }: { salt?: Buffer; count?: number } = {},
): Promise<string> {
  const salted = await derive(prepared(password), salt, count, 32, 'sha256')
  const storedKey = createHash('sha256').update(keyed(salted, 'Client Key')).digest('base64')
  const serverKey = keyed(salted, 'Server Key').toString('base64')
  return `SCRAM-SHA-256$${count}:${salt.toString('base64')}$${storedKey}:${serverKey}`
}

/** Whether what a server keeps is of that password. What it keeps in another way is not. */
export async function isVerifierOf(verifier: string | null, password: string): Promise<boolean> {
  const [, count, salt] = form.exec(verifier ?? '') ?? []
  if (count === undefined || salt === undefined) return false
  const same = Buffer.from(await scramVerifier(password, { salt: Buffer.from(salt, 'base64'), count: Number(count) }))
  const kept = Buffer.from(verifier ?? '')
  return same.length === kept.length && timingSafeEqual(same, kept)
}

/** Clients and servers prepare a password before they use it (RFC 4013); of ASCII nothing changes. */
const prepared = (password: string): string => password.normalize('NFKC')

const keyed = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
