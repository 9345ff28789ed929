import type { Done, JsonMap, ResourceType } from '../plugin/index.js'
import type { Change } from './rows/change.js'
import { anySecret, keptSecrets } from './secrets/kept-secrets.js'
import { checkStorable } from './properties/storable.js'

/**
 * Has a row keep what a step that is done answers; what that leaves out stays as stored. Attributes that cannot be kept fail
 * the resource, and those that were stored stay; what comes with them is kept all the same, for a delete may need it.
 * @param checkSize refuses values that are too large. @throws ResourceFailure
 */
export async function keep(
  change: Change,
  { physicalId, attributes, reference, data, secret }: Done,
  type: Pick<ResourceType, 'attributes'>,
  checkSize: (values: readonly JsonMap[]) => Promise<void>,
): Promise<void> {
  change.set({
    ...(physicalId === undefined ? {} : { physicalId }),
    ...(reference === undefined ? {} : { reference }),
    ...(data === undefined ? {} : { data }),
  })
  const { kept } = change.now
  const tells = secret === true || kept?.tells === true
  const seals = tells || (attributes === undefined ? kept?.seals === true : anySecret(type.attributes, attributes))
  if (attributes !== undefined && !seals) checkStorable('attributes', attributes)
  await checkSize([change.now.properties, attributes ?? change.now.attributes, change.now.data])
  change.set({
    ...(attributes === undefined ? {} : { attributes }),
    kept: keptSecrets(kept?.properties ?? [], tells, seals),
  })
}
