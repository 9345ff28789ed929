import { type Queryable, type TreeRoot, trees } from '@hearth/db'

/** Which trees an operator means. */
export interface TreeChoice {
  /** Names and ids; undefined: all that are on another engine than `to`. */
  readonly words: readonly string[] | undefined
  readonly project: string | undefined
  /** Of all, only those on this engine. */
  readonly from: string | undefined
  readonly to: string
}

export interface Chosen {
  readonly roots: readonly TreeRoot[]
  /** Words that name no tree, or several, with the reason. */
  readonly unclear: readonly { readonly word: string; readonly reason: string }[]
}

/** Finds the trees, with one query however many words. */
export async function chooseTrees(on: Queryable, { words, project, from, to }: TreeChoice): Promise<Chosen> {
  if (words === undefined) return { roots: await trees.roots(on, { from, to, project }), unclear: [] }
  return pick(words, await trees.called(on, { words, project }), project)
}

type Candidate = Awaited<ReturnType<typeof trees.called>>[number]

/** An id goes before a name that looks like one. Pure. */
export function pick(words: readonly string[], candidates: readonly Candidate[], project: string | undefined): Chosen {
  const roots = new Map<string, TreeRoot>()
  const unclear: { word: string; reason: string }[] = []
  for (const word of new Set(words)) {
    const byId = candidates.filter(({ id }) => id === word)
    const found = byId.length > 0 ? byId : candidates.filter(({ name }) => name === word)
    const [only, second] = found
    if (only === undefined) {
      unclear.push({
        word,
        reason: `no live stack${project === undefined ? '' : ` of project ${project}`} has this name or id`,
      })
    } else if (second !== undefined) {
      const where = found.map(one => `${one.id} in ${one.project}`).join(', ')
      unclear.push({ word, reason: `several projects have a stack of this name: ${where}; give the id, or --project` })
    } else if (only.id !== only.rootId) {
      unclear.push({
        word,
        reason: `it is nested in ${only.rootName}, and moves with it: name that one (${only.rootId})`,
      })
    } else roots.set(only.id, { id: only.id, project: only.project, name: only.name, engine: only.engine })
  }
  return { roots: [...roots.values()], unclear }
}
