import type { ResourceRow } from '@hearth/db'

/** Each lists what is allowed; an empty one allows everything. */
export interface ResourceFilters {
  /** Of the row. The API shows it nowhere, as in Heat. */
  readonly id: readonly string[]
  readonly name: readonly string[]
  readonly action: readonly string[]
  readonly status: readonly string[]
  readonly physicalId: readonly string[]
  /** Substrings. */
  readonly type: readonly string[]
}

export type Filtered = Pick<ResourceRow, 'id' | 'name' | 'action' | 'status' | 'physicalId' | 'type'>

/** Whether every filter allows the resource. */
export function matches(filters: ResourceFilters, row: Filtered): boolean {
  const allows = (values: readonly string[], value: string): boolean => values.length === 0 || values.includes(value)
  return (
    allows(filters.id, row.id) &&
    allows(filters.name, row.name) &&
    allows(filters.action, row.action) &&
    allows(filters.status, row.status) &&
    allows(filters.physicalId, row.physicalId ?? '') &&
    (filters.type.length === 0 || filters.type.some(type => row.type.includes(type)))
  )
}
