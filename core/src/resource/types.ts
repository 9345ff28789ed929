import type { ResourceType, UnavailableType } from '../plugin/index.js'

/** The resource types of all loaded plugins. */
export interface TypeRegistry {
  find(name: string): ResourceType | undefined
  names(): readonly string[]
  /** What is known of a type that cannot be carried out here. */
  absent(name: string): UnavailableType | undefined
  absentNames(): readonly string[]
}

/** Whether what a type left, or stored, is this one's: it is of that name, or had it before. */
export const carriesOn = ({ name, takesOver = [] }: ResourceType, former: string): boolean =>
  name === former || takesOver.includes(former)

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
