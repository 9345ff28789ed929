import { encryptionKeys, type Queryable } from '@hearth/db'
import type { Secrets } from '../resource/secrets/secrets.js'

/**
 * Daemons on one database have one key: with another one a worker would fail each stack that has secrets, and whatever it wrote
 * could be read by itself only.
 * @throws Error if the database's secrets have another key
 */
export async function agreeOnKey(db: Queryable, secrets: Secrets): Promise<void> {
  const agreed = await encryptionKeys.agreed(db, secrets.fingerprint)
  if (agreed !== secrets.fingerprint) {
    throw new Error(
      'The secrets in this database are encrypted with another key. Give all of its daemons the same [DEFAULT] auth_encryption_key: it, or the file encryption.key of the one that came first. If that key is lost, what is encrypted is, too; hearth-manage db forget-key lets another one in.',
    )
  }
}
