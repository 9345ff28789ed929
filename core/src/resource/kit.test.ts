import type { NewResourceRow, ResourceRow } from '@hearth/db'
import { done, type ResourceType } from '../plugin/index.js'
import type { Incarnation } from './rows/incarnation.js'

/** What the tests of resources and plans share: a type, a row and an incarnation of which each test says what matters to it. */

export function plainType(patch: Partial<ResourceType> & { readonly name: string }): ResourceType {
  return {
    className: patch.name,
    description: '',
    support: { status: 'SUPPORTED' },
    properties: {},
    attributes: {},
    create: async () => done(),
    ...patch,
  }
}

/** As the database has it once it is inserted, but for what `patch` says. */
export const freshRow = (
  { implementation = null, ...row }: NewResourceRow,
  patch: Partial<ResourceRow> = {},
): ResourceRow => ({
  ...row,
  implementation,
  action: 'INIT',
  status: 'COMPLETE',
  statusReason: '',
  physicalId: null,
  properties: {},
  hiddenProperties: null,
  sealed: null,
  attributes: {},
  reference: null,
  data: null,
  received: null,
  metadata: {},
  requires: null,
  templateId: null,
  definitionDigest: null,
  deletionPolicy: null,
  externalId: null,
  cursor: null,
  actor: null,
  signals: 0,
  hook: null,
  createdAt: new Date(0),
  updatedAt: null,
  ...patch,
})

/** Created, and of type `T`, but for what `patch` says. */
export const incarnation = (patch: Partial<Incarnation> = {}): Incarnation => ({
  id: 'row',
  name: 'a',
  declaredType: 'T',
  type: 'T',
  action: 'CREATE',
  status: 'COMPLETE',
  statusReason: '',
  physicalId: null,
  properties: {},
  hidden: [],
  kept: null,
  attributes: {},
  data: {},
  reference: null,
  metadata: {},
  requires: [],
  template: 'before',
  digest: null,
  deletionPolicy: null,
  externalId: null,
  replaces: null,
  cursor: null,
  actor: null,
  signals: 0,
  received: {},
  hook: null,
  changedAt: new Date(0),
  ...patch,
})
