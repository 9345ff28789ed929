import { option } from '../option.js'
import { integer } from '../types.js'

const DEFAULT = 'DEFAULT'

export const maxResourcesPerStack = option(DEFAULT, 'max_resources_per_stack', integer({ min: -1 }), {
  default: 1000,
  mutable: true,
  help: 'Resources that a stack may have, nested ones included. -1: no limit.',
})
export const maxStacksPerTenant = option(DEFAULT, 'max_stacks_per_tenant', integer({ min: -1 }), {
  default: 512,
  mutable: true,
  help: 'Live top-level stacks that a project may have. -1: no limit.',
})
export const maxSnapshotsPerStack = option(DEFAULT, 'max_snapshots_per_stack', integer({ min: -1 }), {
  default: 32,
  mutable: true,
  help: 'Snapshots that a stack may have. -1: no limit.',
})
export const maxSoftwareConfigsPerTenant = option(DEFAULT, 'max_software_configs_per_tenant', integer({ min: -1 }), {
  default: 4096,
  mutable: true,
  help: 'Software configs that a project may have, those that deployments make for themselves included. -1: no limit.',
})
export const maxSoftwareDeploymentsPerTenant = option(
  DEFAULT,
  'max_software_deployments_per_tenant',
  integer({ min: -1 }),
  { default: 4096, mutable: true, help: 'Software deployments that a project may have. -1: no limit.' },
)
export const maxNestedStackDepth = option(DEFAULT, 'max_nested_stack_depth', integer({ min: 0 }), {
  default: 5,
  mutable: true,
  help: 'Levels of stacks that may lie below a stack.',
})
export const maxStackValuesSize = option(DEFAULT, 'max_stack_values_size', integer({ min: 1_048_576 }), {
  default: 33_554_432,
  mutable: true,
  help: 'Bytes that the properties, attributes and data of all resources of one stack may have together, without those of stacks inside. More: larger stacks are possible, and each update and preview of them holds as much in memory.',
})
export const maxFunctionSteps = option(DEFAULT, 'max_function_steps', integer({ min: 250_000 }), {
  default: 2_000_000,
  mutable: true,
  help: 'Steps that the functions of a template may take to check or plan all of its resources, stacks inside included, or to resolve all outputs of a stack, and what is done again with the answers of constraints that ask a service counts again: parts of an expression of yaql that are evaluated, items that it makes, and 16 characters that any function makes. More: larger templates with costly functions are possible, and one request may keep a processor busy for longer; a million takes about a second.',
})
export const maxTemplateSize = option(DEFAULT, 'max_template_size', integer({ min: 1 }), {
  default: 524_288,
  mutable: true,
  help: 'Characters that a template may have.',
})
export const maxJsonBodySize = option(DEFAULT, 'max_json_body_size', integer({ min: 1 }), {
  default: 1_048_576,
  help: 'Bytes that the body of a request may have.',
})
export const maxJsonBodyDepth = option(DEFAULT, 'max_json_body_depth', integer({ min: 10, max: 1000 }), {
  default: 100,
  help: 'Levels that lists and maps may be nested in a request, a template or an environment.',
})
