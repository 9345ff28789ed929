import type { StackRow } from '@hearth/db'
import { maskHidden } from '../../template/index.js'
import { refOf } from '../records.js'
import type { StackServices } from '../services.js'
import { type TemplateContent, templateOf } from '../stored-templates.js'

/** What a stack was made of, as stored; the values of hidden parameters are masked. */
export async function showTemplate(services: StackServices, row: StackRow): Promise<TemplateContent> {
  const { definitions, language } = services
  const { content, environment, files } = await templateOf(services, row)
  const { hidden } = (await definitions.ofTemplate(row.templateId, refOf(row))).parameters
  return {
    content,
    environment: {
      ...environment,
      parameters: maskHidden(environment.parameters, hidden),
      parameter_defaults: maskHidden(environment.parameter_defaults, hidden),
      event_sinks: language.sinks.shown(environment.event_sinks ?? []),
    },
    files,
  }
}
