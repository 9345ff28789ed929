/**
 * A Hearth plugin, as somebody outside of Hearth would write it: an engine whose steps are jobs of the queue pg-boss, and
 * a resource type that is such a job. It imports `@hearth/core/plugin` and nothing else of Hearth.
 * Start at `engine.ts` for what is accepted; `advance.ts` and `worker.ts` are what then happens.
 */
import { definePlugin, Engine, ResourceType } from '@hearth/core/plugin'
import { ContainerModule } from 'inversify'
import { QueueEngine } from './engine.js'
import { JobType } from './job-type.js'
import { options } from './options.js'

export default definePlugin({
  name: 'hearth-queue-engine',
  apiVersion: 1,
  options,
  migrations: new URL('./migrations/', import.meta.url),
  contributions: new ContainerModule(({ bind }) => {
    bind(Engine).to(QueueEngine).inSingletonScope()
    bind(ResourceType).to(JobType).inSingletonScope()
  }),
})
