import type { Json, JsonMap } from '../../plugin/index.js'
import { inTurns } from '../../pieces.js'
import { Unknown } from '../../plugin/schema.js'
import type { OutputDefinition, ResolvedOutput, Scope, StackDefinition } from '../../template/index.js'

/** One output, as the API has it. */
export interface Output {
  readonly output_key: string
  readonly description: string
  readonly output_value?: unknown
  readonly output_error?: string
}

export function shown({ name, description }: OutputDefinition, { value, error }: ResolvedOutput): Output {
  return {
    output_key: name,
    description,
    output_value: Unknown.within(value) ? null : value,
    ...(error === undefined ? {} : { output_error: error }),
  }
}

/** All that a definition has. @param project for which it is done. */
export async function outputsIn(definition: StackDefinition, scope: Scope, project: string): Promise<Output[]> {
  const outputs = [...definition.outputs.values()]
  const values = await inTurns(definition.resolveOutputs(outputs, scope), project)
  return outputs.map((output, index) => shown(output, values[index] as ResolvedOutput))
}

/** As a map; what cannot be resolved is null. */
export const valuesOf = (outputs: readonly Output[]): JsonMap =>
  Object.fromEntries(outputs.map(({ output_key, output_value }) => [output_key, (output_value ?? null) as Json]))
