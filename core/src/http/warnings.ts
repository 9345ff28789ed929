import type { Place } from '../errors.js'
import { isTemplateFile, repeatedKeys, type Warning } from '../template/index.js'
import { sayable, shortened } from '../told.js'
import { ofEnvironment, placesInTexts, type Texts } from './places.js'

/** Warnings that one answer tells. */
const mostWarnings = 100

/**
 * What is allowed and probably not meant, for the answer of a validation that found nothing wrong.
 * @param found in the template; keys that a map has twice are found in the texts.
 */
export function warningsOf(texts: Texts, found: readonly Warning[]): readonly Warning[] {
  const { template, environment, environmentFiles, files } = texts
  const isRead = (file: string): boolean => isTemplateFile(file) || environmentFiles.includes(file)
  const read: readonly (readonly [at: Partial<Place>, text: unknown])[] = [
    [{}, template],
    [{ path: ofEnvironment }, environment],
    ...Object.entries(files).flatMap(([file, text]) => (isRead(file) ? [[{ file }, text] as const] : [])),
  ]
  const repeated = read.flatMap(([{ path: before = '', ...of }, text]) =>
    (typeof text === 'string' ? repeatedKeys(text) : []).map(place => ({
      message: `The key ${shortened(place.path)} stands there before; only the last one counts`,
      ...of,
      ...place,
      path: sayable(before + place.path),
    })),
  )
  const placeOf = placesInTexts(texts)
  return [...repeated, ...found.map(warning => ({ ...warning, ...placeOf(warning) }))].slice(0, mostWarnings)
}
