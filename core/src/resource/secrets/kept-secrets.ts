import type { AttributeSchemas, JsonMap } from '../../plugin/index.js'
import type { Secrets } from './secrets.js'

/** What of a resource nobody is to see although its type does not say so: something secret has gone into it. */
export interface KeptSecrets {
  /** Names of properties. */
  readonly properties: readonly string[]
  /** Its attributes, its metadata and what get_resource gives may hold it as well, and so may what is made of them. */
  readonly tells: boolean
  /** They are kept encrypted. */
  readonly seals: boolean
}

/** The values that go where `KeptSecrets` says. */
export interface Told {
  readonly attributes: JsonMap
  readonly metadata: JsonMap
  readonly reference: string | null
}

/** Null if there is nothing to keep. Pure. */
export function keptSecrets(properties: readonly string[], tells: boolean, seals = tells): KeptSecrets | null {
  return properties.length > 0 || tells || seals ? { properties, tells, seals } : null
}

/** Whether a type calls any of these attributes secret. */
export const anySecret = (schemas: AttributeSchemas | 'any', attributes: JsonMap): boolean =>
  schemas !== 'any' && Object.keys(attributes).some(name => schemas[name]?.secret === true)

/** As a row keeps it: what is told in clear, and what is encrypted. */
export function sealTold(
  kept: KeptSecrets,
  { attributes, metadata, reference }: Told,
  secrets: Secrets,
): Told & { readonly sealed: string } {
  const told = { attributes, metadata, reference }
  const values: JsonMap = kept.seals ? told : {}
  const sealed = secrets.seal({ ...kept, properties: [...kept.properties], ...values })
  return kept.seals ? { attributes: {}, metadata: {}, reference: null, sealed } : { ...told, sealed }
}

/** The reverse. */
export function openTold(
  { attributes, metadata, reference }: Told,
  sealed: string,
  secrets: Secrets,
): Told & { readonly kept: KeptSecrets } {
  const opened = secrets.open(sealed) as unknown as KeptSecrets & Told
  const { properties, tells, seals } = opened
  const told = seals ? opened : { attributes, metadata, reference }
  return {
    attributes: told.attributes,
    metadata: told.metadata,
    reference: told.reference,
    kept: { properties, tells, seals },
  }
}
