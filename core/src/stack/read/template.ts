import { type StackRow, templates } from '@hearth/db'
import type { Json, JsonMap } from '../../plugin/index.js'
import type { Environment } from '../../template/index.js'
import { refOf, type TemplateContent } from '../records.js'
import type { StackServices } from '../services.js'

const mask = '******'

/** What a stack was made of, as stored; the values of hidden parameters are masked. */
export async function showTemplate({ db, definitions }: StackServices, row: StackRow): Promise<TemplateContent> {
  const [stored] = await templates.byIds(db, [row.templateId])
  if (stored === undefined) throw new Error(`template ${row.templateId} of stack ${row.name} is gone`)
  const { hidden } = (await definitions.ofTemplate(row.templateId, refOf(row))).parameters
  const environment = stored.environment as unknown as Environment
  const masked = (values: JsonMap): Record<string, Json> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, hidden.has(name) ? mask : value]))
  return {
    content: stored.content,
    environment: {
      ...environment,
      parameters: masked(environment.parameters),
      parameter_defaults: masked(environment.parameter_defaults),
    },
    files: stored.files,
  }
}
