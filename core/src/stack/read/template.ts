import { type StackRow, templates } from '@hearth/db'
import { type Environment, maskHidden } from '../../template/index.js'
import { refOf, type TemplateContent } from '../records.js'
import type { StackServices } from '../services.js'

/** What a stack was made of, as stored; the values of hidden parameters are masked. */
export async function showTemplate(
  { db, definitions, language }: StackServices,
  row: StackRow,
): Promise<TemplateContent> {
  const [stored] = await templates.byIds(db, [row.templateId])
  if (stored === undefined) throw new Error(`template ${row.templateId} of stack ${row.name} is gone`)
  const { hidden } = (await definitions.ofTemplate(row.templateId, refOf(row))).parameters
  const environment = stored.environment as unknown as Environment
  return {
    content: stored.content,
    environment: {
      ...environment,
      parameters: maskHidden(environment.parameters, hidden),
      parameter_defaults: maskHidden(environment.parameter_defaults, hidden),
      event_sinks: language.sinks.shown(environment.event_sinks ?? []),
    },
    files: stored.files,
  }
}
