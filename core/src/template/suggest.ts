import { nearest } from '@hearth/config/nearest'

/** Longer names are no misspellings, and would take long to compare. */
const longest = 100

/** The known name that was probably meant. */
export const suggestion = (name: string, known: Iterable<string>): string | undefined =>
  name.length > longest ? undefined : nearest(name, known)
