/**
 * The plugin that daemons in chaos load: one resource type, `Chaos::Cloud::Server`, of a cloud behind HTTP.
 * It is written as plugins are to be: what a step did is found again before it is done twice.
 * Nothing here knows of the chaos; the cloud is in `../cloud.ts`.
 */
import { definePlugin, Options, option, ResourceType, string } from '@hearth/core/plugin'
import { ContainerModule } from 'inversify'
import { serverType } from './server.js'

const url = option('chaos_cloud', 'url', string, { default: '', help: 'Where the cloud is.' })

export default definePlugin({
  name: 'chaos-cloud',
  apiVersion: 1,
  options: [url],
  contributions: new ContainerModule(({ bind }) => {
    bind(ResourceType)
      .toDynamicValue(context => serverType(context.get(Options).get(url)))
      .inSingletonScope()
  }),
})
