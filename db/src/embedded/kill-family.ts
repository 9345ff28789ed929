import { readdirSync, readFileSync } from 'node:fs'

/**
 * Kills all that stems from a process, which leads its group and only waits for it: PostgreSQL's processes have
 * sessions of their own, and one that stands still does not notice that the first of them is gone. Where /proc does not
 * tell of them, the group is killed.
 */
export function killFamily(leader: number): void {
  const family = descendantsOf(leader)
  for (const pid of family) signal(pid, 'SIGKILL')
  // It is to learn that they are gone, or nobody would.
  signal(-leader, family.length > 0 ? 'SIGCONT' : 'SIGKILL')
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has just ended.
  }
}

function descendantsOf(leader: number): number[] {
  const childrenOf = new Map<number, number[]>()
  for (const pid of processes()) {
    const parent = parentOf(pid)
    if (parent !== undefined) childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), pid])
  }
  const found: number[] = []
  const visit = (pid: number): void => {
    for (const child of childrenOf.get(pid) ?? []) {
      found.push(child)
      visit(child)
    }
  }
  visit(leader)
  return found
}

function processes(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

/** The fourth word of its state; the second is a name in brackets, which may have blanks and brackets. */
function parentOf(pid: number): number | undefined {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(state.slice(state.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}
