import type { ResourceType, UnavailableType } from '../plugin/index.js'

/** The resource types of all loaded plugins. */
export interface TypeRegistry {
  find(name: string): ResourceType | undefined
  names(): readonly string[]
  /** What is known of a type that cannot be carried out here. */
  absent(name: string): UnavailableType | undefined
  absentNames(): readonly string[]
}

export function typeRegistry(
  types: readonly ResourceType[],
  unavailable: readonly UnavailableType[] = [],
): TypeRegistry {
  const map = new Map(types.map(type => [type.name, type]))
  const missing = new Map(unavailable.filter(({ name }) => !map.has(name)).map(type => [type.name, type]))
  const names = Object.freeze([...map.keys()].sort())
  const absentNames = Object.freeze([...missing.keys()].sort())
  return {
    find: name => map.get(name),
    names: () => names,
    absent: name => missing.get(name),
    absentNames: () => absentNames,
  }
}
