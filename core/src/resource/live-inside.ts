import { type Queryable, resources, type StackRow, stacks } from '@hearth/db'
import { chooseIncarnation } from '../plan/choose.js'
import { insideAttribute } from '../plugin/inside-attribute.js'
import { type Incarnation, incarnationOf, untouched } from './incarnation.js'
import type { Secrets } from './secrets.js'

export interface AskedInside {
  readonly incarnation: Incarnation
  /** One of `attributesInside`. */
  readonly name: string
}

/** A resource in a stack inside. */
export interface Inner {
  readonly of: AskedInside
  readonly incarnation: Incarnation
  /** What is asked of it; of all attributes `*`, and undefined what get_resource gives. */
  readonly attribute: string | undefined
}

/** The resources that are meant: two queries for all. Those that are not there are left out. */
export async function findInside(asked: readonly AskedInside[], on: Queryable, secrets: Secrets): Promise<Inner[]> {
  if (asked.length === 0) return []
  const found = await stacks.ofResources(on, [...new Set(asked.map(({ incarnation }) => incarnation.id))])
  const inside = new Map(found.map(stack => [stack.parentResourceId, stack]))
  const wanted = asked.flatMap(one => {
    const stack = inside.get(one.incarnation.id)
    const { member, name } = insideAttribute(one.name) ?? { member: '' }
    return stack === undefined ? [] : [{ of: one, stack, member, attribute: name }]
  })
  const rows = await resources.named(
    on,
    wanted.map(({ stack, member }) => ({ stackId: stack.id, name: member })),
  )
  const pick = ({ id, templateId, previousTemplateId }: StackRow, member: string): Incarnation | undefined => {
    const same = rows.filter(row => row.stackId === id && row.name === member)
    return chooseIncarnation(
      same.map(row => incarnationOf(row, secrets)),
      templateId,
      previousTemplateId,
    )
  }
  return wanted.flatMap(({ of, stack, member, attribute }) => {
    const incarnation = pick(stack, member)
    return incarnation === undefined || untouched(incarnation) ? [] : [{ of, incarnation, attribute }]
  })
}
