import { type Json, type MaybeUnknown, ResourceFailure } from '@hearth/core/plugin'

/** What `{{name}}` stands for. */
export type Variables = Readonly<Record<string, Json>>

const placeholder = /\{\{\s*([^{}\s]*)\s*\}\}/g

/** The names in all texts of a value, keys apart. */
export function placeholdersIn(value: MaybeUnknown | undefined): string[] {
  if (typeof value === 'string') return [...value.matchAll(placeholder)].map(match => match[1] as string)
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(one => placeholdersIn(one as MaybeUnknown))
}

/** A text with its placeholders filled in. @param written how a value is written there, e.g. in a URL. */
export function fillText(text: string, variables: Variables, written: (value: string) => string = same): string {
  return text.replace(placeholder, (_, name: string) => written(asText(valueOf(name, variables))))
}

/** A value with all placeholders in it filled in. One that is a text of its own becomes what it stands for, of any type. */
export function fill(value: Json, variables: Variables): Json {
  if (typeof value === 'string') {
    const [whole] = value.matchAll(placeholder)
    return whole?.[0] === value ? valueOf(whole[1] as string, variables) : fillText(value, variables)
  }
  if (Array.isArray(value)) return value.map(one => fill(one, variables))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one, variables)]))
}

const same = (value: string): string => value

/** A value as it stands in a text. */
export const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))

function valueOf(name: string, variables: Variables): Json {
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined
  if (value !== undefined && value !== null) return value
  throw new ResourceFailure(
    `{{${name}}} has no value here; there are ${Object.keys(variables)
      .filter(known => (variables[known] ?? null) !== null)
      .join(', ')}.`,
  )
}
