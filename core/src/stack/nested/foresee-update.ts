import { isDeepStrictEqual } from 'node:util'
import { HearthError } from '../../errors.js'
import type { Json } from '../../plugin/json.js'
import type { ForeseenChange } from '../../plan/changes.js'
import { isGoneThrough } from '../../plan/decisions.js'
import { plainNumbers, type StackDefinition } from '../../template/index.js'
import type { StackServices } from '../services.js'
import { type ForeseenStack, foreseeTree, type TreeInput } from './foresee-tree.js'

/**
 * What an update would do with a tree. An update goes through each stack inside, and reads what is outside when it needs it, so
 * what depends on either may change; but where nothing else would, it is tried whether all stays if all stays.
 */
export async function foreseeUpdate(
  services: StackServices,
  input: Omit<TreeInput, 'stack' | 'quiet'> & { readonly stack: NonNullable<TreeInput['stack']> },
): Promise<ForeseenStack> {
  const tree = await foreseeTree(services, input)
  // What is found outside is another question, which is not asked twice.
  if (input.observe || !mayBeQuiet(tree)) return tree
  const quiet = await quietTree(services, input)
  if (quiet === undefined || !(await isQuiet(services, quiet))) return tree
  return input.nested ? quiet : { ...quiet, inside: new Map() }
}

/** Undefined: something inside would be refused, whoever asks for that. */
async function quietTree(services: StackServices, input: TreeInput): Promise<ForeseenStack | undefined> {
  try {
    return await foreseeTree(services, { ...input, nested: true, quiet: true })
  } catch (error) {
    if (HearthError.is(error)) return undefined
    throw error
  }
}

/** Something may change, and nothing is certain to. Pure. */
const mayBeQuiet = ({ changes }: ForeseenStack): boolean =>
  changes.some(({ may }) => may.length > 0) &&
  changes.every(change => change.kind === 'unchanged' || change.may.includes('unchanged') || isThrough(change))

const isThrough = ({ foreseen }: ForeseenChange): boolean => foreseen !== undefined && isGoneThrough(foreseen)

/** Whether what was assumed is so: all stays, and so does what the stacks inside say. */
async function isQuiet(services: StackServices, tree: ForeseenStack): Promise<boolean> {
  for (const change of tree.changes) {
    if (change.may.length > 0 || !(change.kind === 'unchanged' || isThrough(change))) return false
    const child = change.incarnation?.child
    const [inside, ...others] = tree.inside.get(change.name) ?? []
    if (child === undefined && inside === undefined) continue
    if (child === undefined || inside?.definition === undefined || others.length > 0) return false
    const stored = await services.definitions.ofTemplate(child.templateId, child)
    if (!saysTheSame(stored, inside.definition) || !(await isQuiet(services, inside))) return false
  }
  return true
}

const saysTheSame = (one: StackDefinition, other: StackDefinition): boolean =>
  isDeepStrictEqual(saidBy(one), saidBy(other))

const saidBy = ({ templateJson, environment, files }: StackDefinition): Json[] => [
  plainNumbers(templateJson),
  plainNumbers(environment.parameters),
  files,
]
