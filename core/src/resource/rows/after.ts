import { asJsonb } from '@hearth/db'
import type { JsonMap } from '../../plugin/json.js'
import type { Change, State } from './change.js'
import { parted } from '../secrets/hidden.js'
import type { Incarnation } from './incarnation.js'

/**
 * An incarnation as it is read once a change of it is written, to the order of keys: what is made of it now is what would be
 * made of it later. Pure.
 */
export function incarnationAfter({ from, outcome: state }: Change, changedAt: Date): Incarnation {
  if (state === undefined) return from
  const asTold = state.kept?.seals === true ? asText : asJsonb
  return {
    id: from.id,
    name: from.name,
    declaredType: state.declaredType,
    type: state.type,
    action: state.action,
    status: state.status,
    statusReason: state.statusReason,
    physicalId: state.physicalId,
    ...propertiesAfter(state),
    attributes: asTold(state.attributes),
    reference: state.reference,
    kept: state.kept,
    data: asText(state.data),
    metadata: asTold(state.metadata),
    requires: state.requires,
    template: state.template,
    digest: state.digest,
    deletionPolicy: state.deletionPolicy,
    externalId: state.externalId,
    replaces: from.replaces,
    cursor: state.cursor === null ? null : asJsonb(state.cursor),
    actor: from.actor,
    signals: from.signals,
    received: from.received,
    hook: state.hook,
    changedAt,
  }
}

/** What is encrypted has been JSON. */
const asText = (value: JsonMap): JsonMap => JSON.parse(JSON.stringify(value)) as JsonMap

function propertiesAfter({ properties, hidden }: Readonly<State>): Pick<Incarnation, 'properties' | 'hidden'> {
  const { open, closed } = parted(properties, hidden)
  if (closed === undefined) return { properties: asJsonb(open), hidden: [] }
  return { properties: { ...asJsonb(open), ...asText(closed) }, hidden: Object.keys(closed) }
}
