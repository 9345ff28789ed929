import type { PureConstraint } from '@hearth/core/plugin'
import { textConstraint } from './check.js'

const longestName = 255
const longestLabel = 63
const label = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i

/** A name as DNS has it, relative or ending in a dot. */
function refuseName(text: string): string | undefined {
  if (text.length > longestName) return `'${text}' exceeds the ${longestName} character FQDN limit`
  const labels = (text.endsWith('.') ? text.slice(0, -1) : text).split('.')
  for (const one of labels) {
    if (one === '') return `'${text}' not in valid format. Reason: Encountered an empty component.`
    if (one.length > longestLabel)
      return `'${text}' not in valid format. Reason: '${one}' exceeds ${longestLabel} characters`
    if (!label.test(one)) {
      return `'${text}' not in valid format. Reason: Name '${one}' must be letters, digits and hyphens, no hyphen at its ends`
    }
  }
  return /^\d+$/.test(labels.at(-1) ?? '')
    ? `'${text}' not in valid format. Reason: TLD '${labels.at(-1)}' must not be all numeric`
    : undefined
}

export const nameConstraints: readonly PureConstraint[] = [
  textConstraint('dns_name', refuseName),
  textConstraint('rel_dns_name', text =>
    text.endsWith('.') ? `'${text}' is an absolute name; expected one without a dot at its end` : refuseName(text),
  ),
  textConstraint('dns_domain', text => (text.endsWith('.') ? refuseName(text) : `'${text}' must end with '.'.`)),
]
