import { type Json, type JsonMap, ResourceFailure, type SoftwareConfig, type StepContext } from '@hearth/core/plugin'

/** What a deployment is made from; without one it is empty. */
export type Source = Pick<SoftwareConfig, 'name' | 'group' | 'config' | 'inputs' | 'outputs' | 'options'>

export const noSource: Source = { name: null, group: null, config: null, inputs: [], outputs: [], options: {} }

/** The config that is made for one action of one deployment: the source, with values and the way back. Pure. */
export function derivedConfig(
  id: string,
  action: string,
  source: Source,
  context: Pick<StepContext, 'properties' | 'resource' | 'stack' | 'signalUrl'>,
  content: (source: Source, inputs: readonly JsonMap[]) => Json,
): SoftwareConfig {
  const { properties, resource } = context
  const inputs = derivedInputs(action, source, context)
  const name = typeof properties.name === 'string' && properties.name !== '' ? properties.name : source.name
  return {
    id,
    name: name ?? resource.physicalName,
    group: source.group ?? 'Heat::Ungrouped',
    config: content(source, inputs),
    inputs,
    outputs: source.outputs,
    options: source.options,
  }
}

/** Those that are declared, then what else was given, then what a server needs to know. */
export function derivedInputs(
  action: string,
  { inputs }: Source,
  { properties, resource, stack, signalUrl }: Pick<StepContext, 'properties' | 'resource' | 'stack' | 'signalUrl'>,
): JsonMap[] {
  const given = (properties.input_values as JsonMap | null) ?? {}
  const names = new Set(inputs.map(({ name }) => name))
  const transport = properties.signal_transport ?? null
  const input = (name: string, value: Json, description: string): JsonMap => ({ name, value, description })
  return [
    ...inputs.map(one => {
      const name = one.name as string
      return { ...one, value: Object.hasOwn(given, name) ? (given[name] as Json) : (one.default ?? null) }
    }),
    ...Object.entries(given)
      .filter(([name]) => !names.has(name))
      .map(([name, value]) => ({ name, value })),
    input('deploy_server_id', properties.server ?? null, 'ID of the server being deployed to'),
    input('deploy_action', action, 'Name of the current action being deployed'),
    input('deploy_stack_id', `${stack.name}/${stack.id}`, 'ID of the stack this deployment belongs to'),
    input('deploy_resource_name', resource.name, 'Name of this deployment resource in the stack'),
    input('deploy_signal_transport', transport, 'How the server should signal the output values.'),
    ...(transport === 'CFN_SIGNAL'
      ? [
          input('deploy_signal_id', signalUrl.signed, 'ID of signal to use for signaling output values'),
          input('deploy_signal_verb', 'POST', 'HTTP verb to use for signaling output values'),
        ]
      : []),
  ]
}

/** Names of inputs that have another value than before, and whose change is to replace the deployment. */
export function replacingInputs(before: readonly JsonMap[], now: readonly JsonMap[]): string[] {
  const values = new Map(before.map(({ name, value }) => [name, JSON.stringify(value ?? null)]))
  return now
    .filter(({ name, replace_on_change }) => replace_on_change === true && values.has(name))
    .filter(({ name, value }) => values.get(name) !== JSON.stringify(value ?? null))
    .map(({ name }) => name as string)
}

/**
 * Data with each map `{ <key>: "<name>" }` replaced by the value of that input.
 * @param strict a name that there is no input of is an error, instead of null. @throws ResourceFailure
 */
export function withInputs(data: Json, key: string, inputs: readonly JsonMap[], strict: boolean): Json {
  const values = new Map(inputs.map(({ name, value }) => [name as string, value ?? null]))
  const replaced = (at: Json): Json => {
    if (Array.isArray(at)) return at.map(replaced)
    if (typeof at !== 'object' || at === null) return at
    const entries = Object.entries(at)
    const [only] = entries
    if (entries.length === 1 && only?.[0] === key && typeof only[1] === 'string') {
      if (strict && !values.has(only[1])) {
        throw new ResourceFailure(`The Parameter (${only[1]}) was not provided.`, 'UserParameterMissing')
      }
      return values.get(only[1]) ?? null
    }
    return Object.fromEntries(entries.map(([name, value]) => [name, replaced(value)]))
  }
  return replaced(data)
}
