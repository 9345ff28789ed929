/** What waits for its turn: a moment, in milliseconds. */
export interface Queued {
  readonly project: string
  readonly turn: number
}

/** Who is next: projects take turns, and within one the lowest turn is next. */
export class Turns<One extends Queued> {
  /** The project that was served last is the last. */
  private readonly projects = new Map<string, One[]>()

  add(one: One): void {
    const queue = this.projects.get(one.project)
    if (queue === undefined) this.projects.set(one.project, [one])
    else queue.push(one)
  }

  take(): One | undefined {
    const [first] = this.projects
    if (first === undefined) return undefined
    const [project, queue] = first
    const next = queue.reduce((one, other) => (other.turn < one.turn ? other : one))
    queue.splice(queue.indexOf(next), 1)
    this.projects.delete(project)
    if (queue.length > 0) this.projects.set(project, queue)
    return next
  }

  clear(): void {
    this.projects.clear()
  }
}
