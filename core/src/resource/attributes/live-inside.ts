import { type Queryable, type StackRow, stacks } from '@hearth/db'
import { chooseIncarnation } from '../../plan/choose.js'
import { type Incarnation, untouched } from '../rows/incarnation.js'
import { storedRows } from '../rows/row-source.js'
import type { Secrets } from '../secrets/secrets.js'

/** Resources that somebody asks for in the stack inside of another. */
export interface AskedInside {
  readonly around: Incarnation
  readonly members: readonly string[]
}

export interface FoundInside {
  /** Undefined: there is none yet. */
  readonly stack: StackRow | undefined
  /** Those that are there. */
  readonly members: ReadonlyMap<string, Incarnation>
}

/** The resources that are meant, in the order of what is asked: two queries for all. */
export async function findInside(
  asked: readonly AskedInside[],
  on: Queryable,
  secrets: Secrets,
): Promise<FoundInside[]> {
  if (asked.length === 0) return []
  const found = await stacks.ofResources(on, [...new Set(asked.map(({ around }) => around.id))])
  const inside = new Map(found.map(stack => [stack.parentResourceId, stack]))
  const wanted = asked.flatMap(({ around, members }) => {
    const stackId = inside.get(around.id)?.id
    return stackId === undefined ? [] : members.map(name => ({ stackId, name }))
  })
  const named = await storedRows(on, secrets).loadNamed(wanted)
  return asked.map(({ around, members }) => {
    const stack = inside.get(around.id)
    if (stack === undefined) return { stack, members: new Map() }
    const there = members.flatMap((name): [string, Incarnation][] => {
      const chosen = chooseIncarnation(named({ stackId: stack.id, name }), stack.templateId, stack.previousTemplateId)
      return chosen === undefined || untouched(chosen) ? [] : [[name, chosen]]
    })
    return { stack, members: new Map(there) }
  })
}
