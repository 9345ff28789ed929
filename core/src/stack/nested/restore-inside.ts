import { snapshots, type StackRow } from '@hearth/db'
import {
  type ChildInside,
  type JsonMap,
  type PlanOperation,
  ResourceFailure,
  type ResourceType,
} from '../../plugin/index.js'
import type { DefinitionContent } from '../../template/index.js'
import type { ChildStep } from './child-step.js'
import { isNested, type StackData } from '../data/stack-data.js'
import { refOf } from '../records.js'
import { openTree } from '../sealed-trees.js'
import { restoredSnippet, restoredTemplate } from '../data/restore.js'

/** What the operation of a stack inside has to say of a restore that its step belongs to. */
export function restoresInside({ operation, child }: ChildStep): Pick<PlanOperation, 'restores'> {
  const { restores } = operation
  return restores === undefined ? {} : { restores: { ...restores, inside: [...restores.inside, child.resource.name] } }
}

/**
 * What the stack inside a resource is to be. In a restore, types rewrite the properties of resources inside, too, by what
 * the snapshot kept of them.
 * @throws ResourceFailure if the snapshot has been deleted since.
 */
export async function contentInside(step: ChildStep, content: DefinitionContent): Promise<DefinitionContent> {
  const kept = await keptInside(step)
  if (kept === undefined) return content
  const { definitions, language } = step.services
  const definition = await definitions.preview(content, step.operation.stack)
  const typeOf = (name: string): ResourceType | undefined => definition.typeOf(name)
  return { ...content, content: restoredTemplate(content.content, kept.resources, typeOf, language.formats) }
}

/**
 * Lets whoever knows how resources inside are to be find that they are so: their definitions, rewritten as those of the stack
 * inside are. Only in a restore: `kept` is what the snapshot kept of it.
 */
export async function withRestored(
  step: ChildStep,
  found: StackRow,
  inside: ChildInside,
  kept: StackData | undefined,
): Promise<ChildInside> {
  if (kept === undefined) return inside
  const { definitions, language } = step.services
  const definition = await definitions.ofTemplate(found.templateId, refOf(found))
  const keys = language.formats.versionOf(definition.templateJson).words.resource
  const restored = (name: string, snippet: JsonMap): JsonMap => {
    const same = definition.resources.get(name)?.type === snippet[keys.type]
    return restoredSnippet(snippet, kept.resources[name], same ? definition.typeOf(name) : undefined, keys)
  }
  return { ...inside, restored }
}

/**
 * What a snapshot kept of the stack inside. Undefined: nothing is restored, or there was no such stack.
 * @throws ResourceFailure as above.
 */
export async function keptInside(step: ChildStep): Promise<StackData | undefined> {
  const { restores } = restoresInside(step)
  if (restores === undefined) return undefined
  const { db, secrets } = step.services
  const snapshot = await snapshots.find(db, restores.stack, restores.snapshot)
  if (snapshot?.data === undefined || snapshot.data === null) {
    throw new ResourceFailure(`snapshot ${restores.snapshot}, which is being restored, is gone`, 'NotFound')
  }
  return keptAt(openTree(secrets, snapshot.data) as unknown as StackData, restores.inside)
}

/** What was kept of the stack at a path of resources; undefined: there was none. */
function keptAt(root: StackData, path: readonly string[]): StackData | undefined {
  let at: StackData | undefined = root
  for (const name of path) {
    const kept: StackData['resources'][string] | undefined = at?.resources[name]
    at = kept !== undefined && isNested(kept) ? kept : undefined
  }
  return at
}
