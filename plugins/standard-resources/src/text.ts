import type { MaybeUnknown } from '@hearth/core/plugin'

/** A value that is a text by its schema; empty where there is none. */
export const text = (value: MaybeUnknown | undefined): string =>
  typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value)
