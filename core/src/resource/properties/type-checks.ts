import * as errors from '../../errors.js'
import {
  type MaybeUnknown,
  PropertyFailure,
  ResourceFailure,
  type ResourceType,
  type Validated,
  withoutSecrets,
} from '../../plugin/index.js'
import { noSecrets, type SecretTexts } from '../secrets/secret-texts.js'

/**
 * What a type says against properties beyond its schema.
 * @param at path of the properties in the template. Absent: a step is about to begin, and the reason names the resource.
 * @param secrets what the error does not tell, whatever the type says.
 * @throws HearthError StackValidationFailed, with the path of the property, or of all of them
 */
export function checkByType(
  type: ResourceType,
  properties: Record<string, MaybeUnknown>,
  resource: Validated,
  at?: string,
  secrets: SecretTexts = noSecrets,
): void {
  try {
    type.validate?.(properties, resource)
  } catch (error) {
    if (PropertyFailure.is(error)) {
      const path = `${at ?? 'Properties'}.${error.property}`
      throw errors.stackValidationFailed({
        error: 'Property error',
        path,
        message: withoutSecrets(error.why, secrets()),
      })
    }
    if (!ResourceFailure.is(error)) throw error
    const message = withoutSecrets(error.message, secrets())
    throw errors.stackValidationFailed({ message, ...(at === undefined ? {} : { path: at }) })
  }
}

/**
 * What a type says against the id of what exists already.
 * @param at where it stands in the template. @throws HearthError StackValidationFailed
 */
export function checkId(
  type: ResourceType,
  physicalId: string,
  stack: { readonly project: string },
  at: string,
  secrets: SecretTexts = noSecrets,
): void {
  try {
    type.validateId?.(physicalId, stack)
  } catch (error) {
    if (!ResourceFailure.is(error)) throw error
    const why = PropertyFailure.is(error) ? error.why : error.message
    throw errors.stackValidationFailed({ message: withoutSecrets(why, secrets()), path: at })
  }
}
