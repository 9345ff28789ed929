import type { Json } from '../../plugin/index.js'

/**
 * What an event says of a signal (heat/engine/resource.py, `_handle_signal`).
 * @param said the type's own words; without them the signal speaks for itself.
 */
export function signalReason(details: Json | undefined, said?: string): string {
  if (said !== undefined) return `Signal: ${said}`
  if (details === undefined || details === null) return 'No signal details provided'
  if (typeof details === 'string') return details
  if (typeof details === 'object' && !Array.isArray(details)) {
    if (Object.keys(details).length === 0) return 'No signal details provided'
    const { previous, current, reason } = details
    if (previous !== undefined && current !== undefined && reason !== undefined) {
      return `alarm state changed from ${shown(previous)} to ${shown(current)} (${shown(reason)})`
    }
  }
  return 'Unknown'
}

const shown = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))
