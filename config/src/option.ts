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
  /** Stands in the sample instead of a default that differs from machine to machine. */
  readonly shown?: string
}

export interface OptionDetails<T> {
  readonly default: T
  readonly mutable?: boolean
  /** What it does, and what gets better and what worse with it. */
  readonly help: string
  readonly shown?: string
}

/** Declares an option, once for all that read, check, document or print it. @throws on a name no source could hold */
export function option<T>(section: string, name: string, type: OptionType<T>, details: OptionDetails<T>): Option<T> {
  for (const part of [section, name]) {
    if (!/^[A-Za-z][A-Za-z0-9-]*(_[A-Za-z0-9-]+)*$/.test(part)) {
      throw new Error(
        `${labelOf({ section, name })}: '${part}' is no name; expected words joined by single underscores.`,
      )
    }
  }
  return Object.freeze({ mutable: false, ...details, section, name, type })
}

export const labelOf = ({ section, name }: Pick<Option<unknown>, 'section' | 'name'>): string => `[${section}] ${name}`
