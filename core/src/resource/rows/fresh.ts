import type { NewResourceRow } from '@hearth/db'
import type { Incarnation } from './incarnation.js'

/** What a row that is inserted and not begun is read as, but for its time. Field by field: a plan adds thousands. */
export const freshIncarnation = (
  { id, name, type, implementation, replaces }: NewResourceRow,
  changedAt: Date,
): Incarnation => ({
  id,
  name,
  declaredType: type,
  type: implementation ?? type,
  action: 'INIT',
  status: 'COMPLETE',
  statusReason: '',
  physicalId: null,
  properties: {},
  hidden: [],
  attributes: {},
  reference: null,
  kept: null,
  data: {},
  metadata: {},
  requires: null,
  template: null,
  digest: null,
  deletionPolicy: null,
  externalId: null,
  replaces,
  cursor: null,
  actor: null,
  signals: 0,
  received: {},
  hook: null,
  changedAt,
})
