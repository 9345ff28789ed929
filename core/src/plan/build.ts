import type { Plan } from '../plugin/index.js'
import { Draft, type PlanInput } from './draft.js'
import { letGoLast } from './let-go-last.js'

type Pass = (draft: Draft, input: PlanInput) => void

/** Toward a definition. */
const reaching: readonly Pass[] = [
  addWanted, // a node per resource of the definition; a row for a name that has none
  addCleanups, // a node per row that exists: the old one goes if its name is gone or was replaced
  connectReferences, // get_attr, get_resource, depends_on; needs the wanted nodes
  connectCleanups, // a row goes after its successor and after everything that leaned on it
  dropSettled, // what is known to need nothing costs nothing
  letGoLast, // last: what is retained can be taken back until all else is done
]

/** Through the resources that are there. */
const visiting: readonly Pass[] = [
  addVisits, // a node per resource of the definition that has a row
  connectReferences,
]

/** The same, dependents first: what is leant on is there as long as it is needed. */
const visitingBackwards: readonly Pass[] = [addVisits, connectDependents]

/** The nodes that bring a stack from what exists to what is wanted, or through an action, as a graph. Pure. */
export function buildPlan(input: PlanInput): Plan {
  const draft = new Draft()
  for (const pass of passesOf(input)) pass(draft, input)
  return draft.finish(input)
}

function passesOf({ visit }: PlanInput): readonly Pass[] {
  if (visit === undefined) return reaching
  return visit === 'suspend' ? visitingBackwards : visiting
}

function addWanted(draft: Draft, { wanted, chosen: incarnations, newId }: PlanInput): void {
  for (const { name, type, declaredType = type } of wanted.values()) {
    const chosen = incarnations.get(name)
    // A row that was never started takes the type that is wanted now only if it is the same; else it is replaced.
    const id = chosen?.id ?? newId()
    if (chosen === undefined) draft.added.push({ id, name, type, declaredType })
    draft.named.set(name, draft.node('converge', { id, name, type }))
  }
}

function addCleanups(draft: Draft, { existing }: PlanInput): void {
  for (const incarnation of existing) draft.cleanup.set(incarnation.id, draft.node('cleanup', incarnation))
}

function connectReferences(draft: Draft, { wanted }: PlanInput): void {
  for (const { name, requires } of wanted.values()) {
    const node = draft.named.get(name)
    for (const required of requires) {
      const before = draft.named.get(required)
      if (before !== undefined) node?.requires.add(before)
    }
  }
}

function addVisits(draft: Draft, { wanted, chosen, visit }: PlanInput): void {
  for (const name of wanted.keys()) {
    const incarnation = chosen.get(name)
    if (incarnation !== undefined && visit !== undefined) draft.named.set(name, draft.node(visit, incarnation))
  }
}

function connectDependents(draft: Draft, { wanted }: PlanInput): void {
  for (const { name, requires } of wanted.values()) {
    const node = draft.named.get(name)
    if (node === undefined) continue
    for (const required of requires) draft.named.get(required)?.requires.add(node)
  }
}

function connectCleanups(draft: Draft, { existing, leansOn }: PlanInput): void {
  for (const incarnation of existing) {
    const node = draft.cleanup.get(incarnation.id)
    const successor = draft.named.get(incarnation.name)
    if (node === undefined) continue
    if (successor !== undefined) node.requires.add(successor)
    for (const required of leansOn(incarnation)) {
      const prerequisite = draft.cleanup.get(required)
      if (prerequisite === undefined || prerequisite === node) continue
      prerequisite.requires.add(node)
      prerequisite.preferred?.delete(node)
    }
    // A replacement that is given up goes before what it was to replace.
    const replaced = incarnation.replaces === null ? undefined : draft.cleanup.get(incarnation.replaces)
    if (replaced !== undefined && !replaced.requires.has(node)) {
      replaced.requires.add(node)
      replaced.preferred ??= new Set()
      replaced.preferred.add(node)
    }
  }
}

/**
 * A settled resource's own row needs neither a visit nor a cleanup. Whatever waited for it waits for one less; nothing
 * reaches through it, because a settled resource leans only on settled ones.
 */
function dropSettled(draft: Draft, { settled, chosen: incarnations }: PlanInput): void {
  const dropped = new Set<unknown>()
  for (const name of settled) {
    const chosen = incarnations.get(name)
    const converge = draft.named.get(name)
    const cleanup = chosen === undefined ? undefined : draft.cleanup.get(chosen.id)
    if (converge !== undefined) dropped.add(converge)
    if (cleanup !== undefined) dropped.add(cleanup)
    draft.named.delete(name)
    if (chosen !== undefined) draft.cleanup.delete(chosen.id)
  }
  if (dropped.size === 0) return
  for (const node of [...draft.named.values(), ...draft.cleanup.values()]) {
    for (const required of node.requires) if (dropped.has(required)) node.requires.delete(required)
  }
}
