/**
 * A Hearth plugin, as somebody outside of Hearth would write it: one resource type.
 * It imports `@hearth/core/plugin` and nothing else of Hearth. Start at `note.ts`.
 */
import { definePlugin, ResourceType } from '@hearth/core/plugin'
import { ContainerModule } from 'inversify'
import { note } from './note.js'

export default definePlugin({
  name: 'hearth-note',
  apiVersion: 1,
  contributions: new ContainerModule(({ bind }) => {
    bind(ResourceType).toConstantValue(note)
  }),
})
