import { type MaybeUnknown, type PropertySchemas, secretsIn } from '../../plugin/index.js'
import { hiddenNames } from './hidden.js'

/** What nobody is to see, as messages may tell it: who makes one by himself does not know all that is secret. */
export type SecretTexts = () => readonly string[]

export const noSecrets: SecretTexts = () => []

/**
 * The texts of properties that something secret has gone into. What the schema calls secret is known to the type: it tells of
 * that what it means to.
 */
export function secretTexts(
  schemas: PropertySchemas | 'any',
  properties: Readonly<Record<string, MaybeUnknown>>,
  names: readonly string[],
): string[] {
  const known = hiddenNames(schemas)
  return names.filter(name => !known.includes(name)).flatMap(name => secretsIn(properties[name] ?? null))
}
