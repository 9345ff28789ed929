/**
 * The convergence engine: durable, per resource, any number of workers, the newest template wins.
 * Nothing here knows templates or resource types; nodes and traversals are its own tables.
 * Start at `engine.ts` for what is accepted, `worker.ts` for what then happens.
 */
import { definePlugin, Engine } from '@hearth/core/plugin'
import { ContainerModule } from 'inversify'
import { ConvergenceEngine } from './engine.js'
import { options } from './options.js'

export default definePlugin({
  name: '@hearth/convergence-engine',
  apiVersion: 1,
  options,
  migrations: new URL('./migrations/', import.meta.url),
  contributions: new ContainerModule(({ bind }) => {
    bind(Engine).to(ConvergenceEngine).inSingletonScope()
  }),
})
