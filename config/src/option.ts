import type { OptionType } from './types.js'

/** One option of the INI file: how it is read, checked, documented and printed. */
export interface Option<T> {
  readonly section: string
  readonly name: string
  readonly type: OptionType<T>
  readonly default: T
  /** SIGHUP re-reads it. */
  readonly mutable: boolean
  readonly help: string
}

export function option<T>(
  section: string,
  name: string,
  type: OptionType<T>,
  { default: value, mutable = false, help }: { readonly default: T; readonly mutable?: boolean; readonly help: string },
): Option<T> {
  return Object.freeze({ section, name, type, default: value, mutable, help })
}

export const labelOf = ({ section, name }: Pick<Option<unknown>, 'section' | 'name'>): string => `[${section}] ${name}`
