import { Api } from '@hearth/conformance'
import type { ResourceRow } from '../model/rows.js'

/** A resource as a client saw it. */
interface Seen {
  readonly physical: string
}

/** A client that watches one stack, and remembers every resource that it saw COMPLETE. */
export class Witness {
  readonly seen = new Map<string, Seen>()
  /** `CREATE_COMPLETE`, as last seen. */
  status = ''

  constructor(
    private readonly address: () => string | undefined,
    private readonly path: string,
  ) {}

  /** @returns whether there is something new to see */
  async look(): Promise<boolean> {
    const address = this.address()
    if (address === undefined) return false
    const api = new Api(address)
    const before = this.seen.size
    const listed = await api.get(`${this.path}/resources`)
    if (listed.status !== 200) return false
    for (const { resource_name, resource_status, physical_resource_id } of listed.body.resources) {
      if (resource_status !== 'CREATE_COMPLETE' || this.seen.has(resource_name)) continue
      this.seen.set(resource_name, { physical: physical_resource_id })
    }
    const shown = await api.get(`${this.path}?resolve_outputs=false`)
    if (shown.status !== 200) return false
    this.status = shown.body.stack.stack_status
    return this.seen.size > before
  }

  /** What was seen COMPLETE and is not so any more, or is another one. */
  lost(rows: readonly ResourceRow[], stack: string): string[] {
    const now = new Map(rows.filter(row => row.stack === stack).map(row => [row.name, row]))
    return [...this.seen].flatMap(([name, { physical }]) => {
      const row = now.get(name)
      if (row?.status === 'COMPLETE' && (row.physical ?? '') === physical) return []
      return `${name} was seen CREATE_COMPLETE as ${physical}; now it is ${row?.action}_${row?.status} as ${row?.physical}`
    })
  }
}
