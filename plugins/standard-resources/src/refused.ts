import { ResourceFailure } from '@hearth/core/plugin'

/** A property that cannot be so. @param property with the path into it. */
export const refused = (property: string, message: string): ResourceFailure =>
  new ResourceFailure(`Property error: Properties.${property}: ${message}`, 'StackValidationFailed')
