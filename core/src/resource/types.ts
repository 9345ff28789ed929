import type { ResourceType } from '../plugin/index.js'

/** The resource types of all loaded plugins. */
export interface TypeRegistry {
  find(name: string): ResourceType | undefined
  names(): readonly string[]
}

export function typeRegistry(types: readonly ResourceType[]): TypeRegistry {
  const map = new Map(types.map(type => [type.name, type]))
  const names = Object.freeze([...map.keys()].sort())
  return { find: name => map.get(name), names: () => names }
}
