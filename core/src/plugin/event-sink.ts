import type { ServiceIdentifier } from 'inversify'
import type { JsonMap } from './json.js'
import type { Properties, PropertySchemas } from './schema.js'

/** A state that a stack or one of its resources took, as a sink gets it. */
export interface StackEvent {
  /** The same each time that the event is delivered. */
  readonly id: string
  readonly time: Date
  readonly stackId: string
  /** A stack's own events name the stack. */
  readonly resourceName: string
  readonly resourceType: string
  readonly physicalId: string | null
  /** e.g. `CREATE`. */
  readonly action: string
  /** e.g. `COMPLETE`. */
  readonly status: string
  readonly reason: string
  /** Those that the resource had then, without the values of secret ones. Empty for events of a stack itself. */
  readonly properties: JsonMap
}

/**
 * Where the events of stacks may be sent: an entry of `event_sinks` in an environment names it as its `type`. Bind instances
 * to the symbol of the same name.
 */
export interface EventSink {
  /** e.g. `webhook`; unique among loaded plugins. */
  readonly name: string
  readonly description: string
  /** What an entry says besides its type. What is `secret` is never shown. */
  readonly options: PropertySchemas
  /** Checks beyond the schema, before a stack is accepted; pure. @throws ResourceFailure that says what is wrong. */
  validate?(options: Properties): void
  /**
   * Hands over events of one stack, oldest first; those that follow come when this has resolved. Called by one worker at a
   * time, in no transaction. Whatever it throws, the same events come again later: so each comes once or more, and who
   * must not take one twice knows it by its id.
   * @param signal aborted at the deadline, and when the daemon stops.
   */
  deliver(events: readonly StackEvent[], options: Properties, signal: AbortSignal): Promise<void>
}
export const EventSink = Symbol.for('hearth.EventSink') as ServiceIdentifier<EventSink>

/** An event as Heat writes it for whoever is not Heat (heat/engine/event.py, `as_dict`, and clients/os/zaqar.py). */
export const eventMessage = (event: StackEvent): JsonMap => ({
  timestamp: event.time.toISOString(),
  version: '0.1',
  type: 'os.heat.event',
  id: event.id,
  payload: {
    resource_name: event.resourceName,
    physical_resource_id: event.physicalId,
    stack_id: event.stackId,
    resource_action: event.action,
    resource_status: event.status,
    resource_status_reason: event.reason,
    resource_type: event.resourceType,
    resource_properties: event.properties,
    version: '0.1',
  },
})
