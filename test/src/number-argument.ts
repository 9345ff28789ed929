import { InvalidArgumentError } from 'commander'

/** Reads a number above zero from the command line: a run of nothing must not look like one that found nothing. */
export function positive(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('expected a number above 0')
  return value
}
