import {
  type ChildStage,
  type ChildStored,
  type ChildTemplate,
  type ChildWanted,
  ResourceFailure,
  type ResourceType,
} from '../plugin/index.js'
import type { DefinitionContent } from '../template/index.js'
import type { Way } from './children.js'

/** The way of the stack inside a resource, by its type: in one operation, or in as many as the type wants. Pure. */
export function wayThrough(
  type: ResourceType,
  {
    content,
    wanted,
    adopt,
  }: {
    readonly content: (template: ChildTemplate) => DefinitionContent
    readonly wanted: Omit<ChildWanted, 'asked' | 'cursor' | 'inside'>
    /** What a stack that is not there yet is made of: all of it at once. */
    readonly adopt?: Way['adopt'] | undefined
  },
): Way {
  const { children } = type
  // Nothing is made but what is adopted: one operation, whatever the type would want of others.
  const adopts = adopt !== undefined && wanted.action === 'create'
  const names = adopts ? adopt.map(({ name }) => name) : undefined
  const inOne = (asked: number, stored: ChildStored): ChildStage | undefined => {
    if (asked > 0) return undefined
    const template = children?.of(wanted.properties, stored)
    if (template === undefined) throw new ResourceFailure('what its stack is to be cannot be told')
    return template
  }
  return {
    looks: children?.next !== undefined,
    ...(adopt === undefined ? {} : { adopt }),
    next({ members = names, ...at }) {
      const stored = members === undefined ? wanted.stored : { ...wanted.stored, members }
      const inSeveral = adopts ? undefined : children?.next
      const stage = inSeveral === undefined ? inOne(at.asked, stored) : inSeveral({ ...wanted, ...at, stored })
      if (stage === undefined) return undefined
      const { template, parameters, types, ...rest } = stage
      return { ...rest, content: content({ template, parameters, ...(types && { types }) }) }
    },
    kept: (outputs, at) => {
      const { properties, stored } = wanted
      // What it was to be made of is not kept any longer.
      const own = adopt === undefined ? undefined : { data: stored.data }
      const told = children?.done?.(outputs, { ...at, properties, stored })
      return own === undefined && told === undefined ? undefined : { ...own, ...told }
    },
  }
}
