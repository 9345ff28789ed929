import { ResourceFailure } from '../../plugin/index.js'

/**
 * Why the resource around a nested stack fails: the reason of the stack, its path joined to that of the resource
 * (`ValueError: resources.outer.resources.inner: message`). Pure.
 */
export function childFailure({ statusReason }: { readonly statusReason: string }): ResourceFailure {
  const reason = statusReason.replace(/^Resource [A-Z]+ failed: /, '')
  const found = /^(?:(\w+): )?(resources\.[^:]+): (.*)$/s.exec(reason)
  if (found === null) return new ResourceFailure(reason, '')
  const [, type = '', path = '', message = ''] = found
  return new ResourceFailure(message, type, path)
}
