import { buildPlan } from '../plan/build.js'
import { done, type ResourceType } from '../plugin/index.js'
import { typeRegistry } from '../resource/types.js'
import { define, emptyEnvironment, parseTemplateText } from '../template/index.js'

/** What a template of so many resources costs before an engine sees it; times are the processor's. */
export interface LanguageCost {
  readonly resources: number
  /** Characters of the template. */
  readonly characters: number
  readonly parseSeconds: number
  /** The definition, with every check of a create. */
  readonly validateSeconds: number
  readonly planSeconds: number
  /** Of this process in the end. */
  readonly residentMegabytes: number
}

const note: ResourceType = {
  name: 'Bench::Note',
  className: 'Note',
  description: 'Takes five properties.',
  support: { status: 'SUPPORTED' },
  properties: {
    name: { type: 'string', required: true, constraints: [{ length: { min: 1, max: 255 } }] },
    size: { type: 'integer', constraints: [{ range: { min: 0 } }] },
    labels: { type: 'map' },
    parts: { type: 'list' },
    before: { type: 'string' },
  },
  attributes: { text: { type: 'string' } },
  create: async () => done(),
}

/** Resources in chains of ten, each with five properties, three of which have functions. */
function templateText(resources: number): string {
  const lines = [
    'heat_template_version: 2018-08-31',
    'parameters:',
    '  prefix: {type: string, default: p}',
    'resources:',
  ]
  for (let index = 0; index < resources; index++) {
    const before = index % 10 === 0 ? 'none' : `{get_attr: [r${index - 1}, text]}`
    lines.push(
      `  r${index}:`,
      '    type: Bench::Note',
      '    properties:',
      `      name: {list_join: ['-', [{get_param: prefix}, '${index}']]}`,
      `      size: ${index}`,
      `      labels: {stack: {get_param: 'OS::stack_name'}, tier: front}`,
      '      parts: [one, two]',
      `      before: ${before}`,
    )
  }
  return lines.join('\n')
}

/** Of all threads: the machine may be busy with other things. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Parses, validates and plans once, in this process, without a database. */
export function measureLanguage(resources: number): LanguageCost {
  const text = templateText(resources)
  const started = processorSeconds()
  const template = parseTemplateText(text, { maxSize: text.length })
  const parsed = processorSeconds()
  const definition = define({
    template,
    environment: emptyEnvironment,
    files: {},
    stack: { id: null, name: 'bench', project: 'bench' },
    types: typeRegistry([note]),
  })
  const validated = processorSeconds()
  let rows = 0
  const plan = buildPlan({
    wanted: definition.resources,
    existing: [],
    leansOn: () => [],
    chosen: new Map(),
    settled: new Set(),
    effectless: () => false,
    newId: () => String(rows++),
  })
  const planned = processorSeconds()
  if (plan.nodes.length !== resources)
    throw new Error(`a plan of ${plan.nodes.length} nodes for ${resources} resources`)
  return {
    resources,
    characters: text.length,
    parseSeconds: parsed - started,
    validateSeconds: validated - parsed,
    planSeconds: planned - validated,
    residentMegabytes: process.memoryUsage.rss() / 2 ** 20,
  }
}
