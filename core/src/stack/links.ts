import type { StackRow } from '@hearth/db'

/** Absolute URLs, from what the request used: scheme, Host header and version prefix. */
export class Links {
  /** @param base e.g. `http://127.0.0.1:8004/v1` */
  constructor(readonly base: string) {}

  /** @param inside path to something of it, e.g. `resources`, `web`. */
  stack({ project, name, id }: Pick<StackRow, 'project' | 'name' | 'id'>, inside: readonly string[] = []): string {
    return [this.base, part(project), 'stacks', ...[name, id, ...inside].map(part)].join('/')
  }

  resource(stack: Pick<StackRow, 'project' | 'name' | 'id'>, name: string): string {
    return `${this.stack(stack)}/resources/${part(name)}`
  }

  event(stack: Pick<StackRow, 'project' | 'name' | 'id'>, resource: string, id: string): string {
    return `${this.resource(stack, resource)}/events/${part(id)}`
  }
}

/** Python's quote() with nothing safe. */
const part = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
