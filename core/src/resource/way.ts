import {
  type ChildStage,
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
  }: {
    readonly content: (template: ChildTemplate) => DefinitionContent
    readonly wanted: Omit<ChildWanted, 'asked' | 'cursor' | 'inside'>
  },
): Way {
  const { children } = type
  const inOne = (asked: number): ChildStage | undefined => {
    if (asked > 0) return undefined
    const template = children?.of(wanted.properties, wanted.stored)
    if (template === undefined) throw new ResourceFailure('what its stack is to be cannot be told')
    return template
  }
  return {
    looks: children?.next !== undefined,
    next(at) {
      const stage = children?.next === undefined ? inOne(at.asked) : children.next({ ...wanted, ...at })
      if (stage === undefined) return undefined
      const { template, parameters, ...rest } = stage
      return { ...rest, content: content({ template, parameters }) }
    },
    kept: (outputs, at) => {
      const { properties, stored } = wanted
      return children?.done?.(outputs, { ...at, properties, stored })
    },
  }
}
