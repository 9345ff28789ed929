import * as errors from '../errors.js'
import { type MaybeUnknown, ResourceFailure, type ResourceType } from '../plugin/index.js'

/** What a type says against properties beyond its schema. @throws HearthError StackValidationFailed */
export function checkByType(
  type: ResourceType,
  properties: Record<string, MaybeUnknown>,
  timeoutSeconds: number,
): void {
  try {
    type.validate?.(properties, { timeoutSeconds })
  } catch (error) {
    throw ResourceFailure.is(error) ? errors.stackValidationFailed({ message: error.message }) : error
  }
}
