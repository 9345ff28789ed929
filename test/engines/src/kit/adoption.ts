import type { Answer, Api, Stack } from './api.js'
import { random, template, test, value } from './templates.js'

/** A template whose stack Heat has abandoned, or Hearth will. */
export const three = {
  ...template(
    {
      key: random(),
      said: value({ list_join: ['-', ['it is', { get_attr: ['key', 'value'] }]] }),
      made: test({ value: { get_param: 'p' } }, { metadata: { note: 'n' } }),
    },
    { said: { get_attr: ['said', 'value'] }, made: { get_attr: ['made', 'output'] } },
  ),
  parameters: { p: { type: 'string', hidden: true } },
}

/** What Heat's own abandon answers for such a stack (heat/engine/stack.py, `prepare_abandon`). */
export const fromHeat = {
  name: 'from-heat',
  id: '7b5e2a1c-0d3f-4b52-9d2b-6f0f1a2b3c4d',
  action: 'CREATE',
  status: 'COMPLETE',
  template: three,
  environment: {
    parameters: { p: 'of heat' },
    parameter_defaults: {},
    resource_registry: { resources: {} },
    event_sinks: [],
    encrypted_param_names: [],
  },
  files: {},
  project_id: '5f1c9a0e',
  stack_user_project_id: '9e8d7c6b',
  tags: null,
  resources: {
    key: {
      name: 'key',
      resource_id: 'from-heat-key-abcdefghijkl',
      type: 'OS::Heat::RandomString',
      action: 'CREATE',
      status: 'COMPLETE',
      metadata: {},
      resource_data: { value: 'made-by-heat' },
    },
    said: {
      name: 'said',
      resource_id: 'from-heat-said-abcdefghijkl',
      type: 'OS::Heat::Value',
      action: 'CREATE',
      status: 'COMPLETE',
      metadata: {},
      resource_data: {},
    },
    made: {
      name: 'made',
      resource_id: 'from-heat-made-abcdefghijkl',
      type: 'OS::Heat::TestResource',
      action: 'UPDATE',
      status: 'COMPLETE',
      metadata: { note: 'of heat' },
      resource_data: { value: 'stored by heat' },
    },
  },
}

export const adopting = (api: Api, name: string, data: unknown, more: object = {}): Promise<Answer> =>
  api.send('POST', '/stacks', { stack_name: name, adopt_stack_data: JSON.stringify(data), timeout: null, ...more })

/** A stack of what another one, here or elsewhere, has left. @throws Error with the answer if it is refused */
export async function adopted(api: Api, name: string, data: unknown, more: object = {}): Promise<Stack> {
  const { status, body } = await adopting(api, name, data, more)
  if (status !== 201) throw new Error(`adopting ${name} was refused: ${JSON.stringify(body)}`)
  return api.stack(name, body.stack.id)
}

export const abandoning = (stack: Stack): Promise<Answer> => stack.api.send('DELETE', `${stack.path}/abandon`)

/** Abandons a stack, to its end. @returns its data */
export async function abandoned(stack: Stack): Promise<Answer['body']> {
  const { status, body } = await abandoning(stack)
  if (status !== 200) throw new Error(`abandoning ${stack.name} was refused: ${JSON.stringify(body)}`)
  await stack.reaches('DELETE_COMPLETE')
  return body
}

/** By name. */
export const idsOf = async (stack: Stack): Promise<Record<string, string>> =>
  Object.fromEntries(Object.entries(await stack.resources()).map(([name, one]) => [name, one.physical_resource_id]))
