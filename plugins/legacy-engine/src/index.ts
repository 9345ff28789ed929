/**
 * The legacy engine: one process drives a stack, in memory, under a lock row.
 * It has no tables of its own; `stack_lock` is part of the schema it was born with.
 * Start at `engine.ts` for what is accepted, `stack-run.ts` for how a plan runs.
 */
import { definePlugin, Engine } from '@hearth/core/plugin'
import { ContainerModule } from 'inversify'
import { LegacyEngine } from './engine.js'
import { options } from './options.js'

export default definePlugin({
  name: '@hearth/legacy-engine',
  apiVersion: 1,
  options,
  contributions: new ContainerModule(({ bind }) => {
    bind(Engine).to(LegacyEngine).inSingletonScope()
  }),
})
