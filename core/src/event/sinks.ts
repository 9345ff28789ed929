import * as errors from '../errors.js'
import { type EventSink, type Json, type JsonMap, ResourceFailure } from '../plugin/index.js'
import type { NamedChecks } from '../resource/properties/named-constraints.js'
import { coerceProperties } from '../resource/properties/properties.js'
import { shownProperties } from '../resource/secrets/shown.js'
import { isMap } from '../template/values/maps.js'
import { type Attempt, placed } from '../template/problems.js'
import { didYouMean } from '../template/values/suggest.js'

/** Types that Heat has, by why they are not here. */
const absent: ReadonlyMap<string, string> = new Map([
  [
    'zaqar-queue',
    'zaqar-queue sends events to the service zaqar, which Hearth does not have; use another type of sink, or read the events by the API',
  ],
])

/** What `event_sinks` of an environment may name. */
export class EventSinks {
  constructor(private readonly known: ReadonlyMap<string, EventSink>) {}

  find(type: string): EventSink | undefined {
    return this.known.get(type)
  }

  /** @param attempt checks each by itself. @throws HearthError with the path of the first entry that is wrong. */
  check(entries: readonly Json[], checks: NamedChecks, attempt: Attempt = placed): void {
    for (const [index, entry] of entries.entries()) {
      const path = `environment.event_sinks[${index}]`
      attempt(path, () => this.checkOne(entry, path, checks, attempt))
    }
  }

  private checkOne(entry: Json, path: string, checks: NamedChecks, attempt: Attempt): void {
    const refused = (message: string): Error => errors.stackValidationFailed({ path, message })
    if (!isMap(entry) || typeof entry.type !== 'string') throw refused('expected a map with the type of an event sink')
    const { type, ...given } = entry
    const sink = this.find(type as string)
    if (sink === undefined) throw refused(absent.get(type as string) ?? this.whyNot(type as string))
    const options = attempt(path, () => coerceProperties(sink.options, given, path, checks, attempt)) as
      | JsonMap
      | undefined
    if (options === undefined) return
    try {
      sink.validate?.(options)
    } catch (error) {
      throw ResourceFailure.is(error) ? refused(error.message) : error
    }
  }

  private whyNot(type: string): string {
    const names = [...this.known.keys()].sort()
    const allowed = names.length === 0 ? 'no loaded plugin brings any' : `allowed are ${names.join(', ')}`
    return `There is no type of event sink ${JSON.stringify(type)}${didYouMean(type, names)}; ${allowed}`
  }

  /** An entry that was checked, as its sink gets it: with defaults. */
  optionsOf(entry: JsonMap, sink: EventSink, checks: NamedChecks): JsonMap {
    const { type: _, ...given } = entry
    return coerceProperties(sink.options, given, 'event_sinks', checks) as JsonMap
  }

  /** Entries as they are shown: without what is secret. */
  shown(entries: readonly Json[]): Json[] {
    return entries.map(entry => {
      const sink = isMap(entry) && typeof entry.type === 'string' ? this.find(entry.type) : undefined
      return sink === undefined ? entry : shownProperties(sink.options, entry as JsonMap)
    })
  }
}
