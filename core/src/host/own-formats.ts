import { ContainerModule } from 'inversify'
import { apiVersion, definePlugin, type HearthPlugin } from '../plugin/plugin.js'
import { StandardFormats, TemplateFormat } from '../plugin/template-format.js'
import { ownFormats, ownVersion } from '../template/index.js'

/** Hearth's own formats of templates, loaded as those of plugins are. */
export const ownFormatsPlugin: HearthPlugin = definePlugin({
  name: '@hearth/core',
  apiVersion,
  contributions: new ContainerModule(({ bind }) => {
    for (const format of ownFormats) bind(TemplateFormat).toConstantValue(format)
  }),
})

/** What plugins build theirs on. */
export const standardFormats: StandardFormats = { version: ownVersion }
