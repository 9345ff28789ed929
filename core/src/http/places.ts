import type { Place } from '../errors.js'
import { placesIn, withoutLastStep } from '../template/index.js'

/** The texts of a request: its template, if that came as text, and its files. */
export interface Texts {
  readonly template: string | undefined
  /** Its environment, if that came as text. Paths of it begin with `environment`. */
  readonly environment: string | undefined
  /** Keys of files that are environments, instead of that one; the last one wins. */
  readonly environmentFiles: readonly string[]
  readonly files: Readonly<Record<string, unknown>>
}
export const noTexts: Texts = { template: undefined, environment: undefined, environmentFiles: [], files: {} }

/** What paths into the environment begin with. */
export const ofEnvironment = 'environment.'

/**
 * Where it stands in the texts; of an environment of several files it is the last one that has it. Each text is read through
 * once, when it is first asked about.
 */
export function placesInTexts({
  template,
  environment,
  environmentFiles,
  files,
}: Texts): (place: Place) => Partial<Place> {
  const known = new Map<unknown, ReturnType<typeof placesIn>>()
  const lookIn = (text: unknown, path: string): ReturnType<ReturnType<typeof placesIn>> => {
    if (typeof text !== 'string') return undefined
    const placeOf = known.get(text) ?? placesIn(text)
    known.set(text, placeOf)
    return placeOf(path)
  }
  return ({ file, path, line }) => {
    if (line !== undefined) return {}
    if (file !== undefined) return lookIn(Object.hasOwn(files, file) ? files[file] : undefined, path) ?? {}
    if (!path.startsWith(ofEnvironment)) return lookIn(template, path) ?? {}
    const inside = path.slice(ofEnvironment.length)
    for (const one of environmentFiles.toReversed()) {
      const text = Object.hasOwn(files, one) ? files[one] : undefined
      const [found, around] = [lookIn(text, inside), lookIn(text, withoutLastStep(inside))]
      // Where only what is around it is written, another file has it.
      if (found !== undefined && (found.line !== around?.line || found.column !== around.column))
        return { file: one, path: inside, ...found }
    }
    return lookIn(environment, inside) ?? {}
  }
}
