import { HearthError } from '../errors.js'
import { type Logger, ResourceFailure, withoutSecrets } from '../plugin/index.js'
import { noSecrets, type SecretTexts } from './secrets/secret-texts.js'

/**
 * The reason a user reads of a resource that failed: `<type>: resources.<name>: <message>`.
 * @param secrets what it does not tell, whoever made the message.
 */
export function failureReason(error: unknown, name: string, log: Logger, secrets: SecretTexts = noSecrets): string {
  const hidden = secrets()
  return withoutSecrets(reasonOf(error, name, log, hidden), hidden)
}

function reasonOf(error: unknown, name: string, log: Logger, secrets: readonly string[]): string {
  if (ResourceFailure.is(error)) {
    const { type, path, message } = error
    const place = path === undefined ? `resources.${name}` : `resources.${name}.${path}`
    return type === '' ? `${place}: ${message}` : `${type}: ${place}: ${message}`
  }
  if (HearthError.is(error)) return `${error.type}: resources.${name}: ${error.message}`
  // Anything else is a bug of the plugin: its author needs the stack, the user the text.
  log.error({ err: untold(error, secrets), resource: name }, `Unexpected error of a resource plugin at ${name}`)
  const { name: kind = 'Error', message = String(error) } = error as Partial<Error>
  return `${kind}: resources.${name}: ${message}`
}

/** An error as it is logged. */
function untold(error: unknown, secrets: readonly string[]): unknown {
  if (secrets.length === 0 || !(error instanceof Error)) return error
  const { name, message, stack = '' } = error
  return Object.assign(new Error(withoutSecrets(message, secrets)), { name, stack: withoutSecrets(stack, secrets) })
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
