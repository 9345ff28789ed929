import { HearthError } from '../errors.js'
import { type Logger, ResourceFailure } from '../plugin/index.js'

/** The reason a user reads of a resource that failed: `<type>: resources.<name>: <message>`. */
export function failureReason(error: unknown, name: string, log: Logger): string {
  if (ResourceFailure.is(error)) {
    const { type, path, message } = error
    const place = path === undefined ? `resources.${name}` : `resources.${name}.${path}`
    return type === '' ? `${place}: ${message}` : `${type}: ${place}: ${message}`
  }
  if (HearthError.is(error)) return `${error.type}: resources.${name}: ${error.message}`
  // Anything else is a bug of the plugin: its author needs the stack, the user the text.
  log.error({ err: error, resource: name }, `Unexpected error of a resource plugin at ${name}`)
  const { name: kind = 'Error', message = String(error) } = error as Partial<Error>
  return `${kind}: resources.${name}: ${message}`
}

/** The plugin of its type is gone. */
export const typeUnavailable = ({
  name,
  type,
  declaredType = type,
}: {
  readonly name: string
  readonly type: string
  readonly declaredType?: string
}): string =>
  `ResourceTypeUnavailable: resources.${name}: The Resource Type (${declaredType}) could not be found; load the plugin it comes from.`

/** Its type has left the deletion policy `Snapshot` since it was made. */
export const noSnapshot = ({ name, type }: { readonly name: string; readonly type: string }): string =>
  `NotSupported: resources.${name}: The deletion policy "Snapshot" is not supported by ${type}; choose Delete or Retain.`

/** The reason of a step that was given up. */
export const aborted = (action: string, why: 'timeout' | 'cancelled'): string =>
  why === 'timeout' ? `${action} aborted (Timed out)` : `${action} aborted (user triggered cancel)`
