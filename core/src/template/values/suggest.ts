import { nearest } from '@hearth/config/nearest'

/** Of shorter names each is near to any other; longer ones are no misspellings, and would take long to compare. */
const [shortest, longest] = [3, 100]

/** ` (did you mean …?)`, or nothing if no known name is near. */
export function didYouMean(name: string, known: Iterable<string | undefined>): string {
  const meant = suggestion(
    name,
    [...known].filter(one => one !== undefined),
  )
  return meant === undefined ? '' : ` (did you mean ${meant}?)`
}

/** The known name that was probably meant. */
export const suggestion = (name: string, known: Iterable<string>): string | undefined =>
  name.length < shortest || name.length > longest ? undefined : nearest(name, known)

/** Names that an error lists. */
const mostListed = 12

/** ` (did you mean …?)`, else what there is: ` (expected …)`. */
export function instead(name: string, known: Iterable<string | undefined>): string {
  const names = [...known].filter(one => one !== undefined)
  const meant = didYouMean(name, names)
  if (meant !== '') return meant
  const more = names.length > mostListed ? `, or one of ${names.length - mostListed} others` : ''
  return names.length === 0 ? ' (there is none)' : ` (expected ${names.slice(0, mostListed).join(', ')}${more})`
}
