/**
 * The Hearth:: resource types, which are of use where there is no OpenStack, a folder for each namespace, and a sink of events.
 * Nothing here knows engines or rows; what a type may reach outside of the daemon, the operator decides by options.
 * Start at `namespace.ts` for what a folder brings.
 */
import { Clock, definePlugin, EventSink, Logger, Options, ResourceType } from '@hearth/core/plugin'
import { ContainerModule, type ResolutionContext } from 'inversify'
import { fileNamespace } from './file/index.js'
import { httpNamespace } from './http/index.js'
import type { Namespace, Surroundings } from './namespace.js'
import { postgresql } from './postgresql/index.js'
import { processNamespace } from './process/index.js'
import { time } from './time/index.js'
import { tls } from './tls/index.js'
import { webhooks } from './webhook/index.js'

/** One for each folder. */
const namespaces: readonly Namespace[] = [
  fileNamespace,
  httpNamespace,
  postgresql,
  processNamespace,
  time,
  tls,
  webhooks,
]

export default definePlugin({
  name: '@hearth/standard-resources',
  apiVersion: 1,
  options: namespaces.flatMap(({ options }) => options),
  contributions: new ContainerModule(({ bind }) => {
    const surroundings = (host: ResolutionContext): Surroundings => ({
      options: host.get(Options),
      log: host.get(Logger),
      clock: host.get(Clock),
    })
    for (const { types, sinks = [] } of namespaces) {
      for (const make of types) bind(ResourceType).toDynamicValue(host => make(surroundings(host)))
      for (const make of sinks) bind(EventSink).toDynamicValue(host => make(surroundings(host)))
    }
  }),
})
