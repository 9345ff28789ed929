import * as errors from '../../errors.js'
import type { JsonMap } from '../../plugin/index.js'
import { isMap, own, put } from '../../template/values/maps.js'
import type { Incarnation } from '../rows/incarnation.js'

/** Outputs of the stack inside a resource that have no value, as the resource keeps them: nothing if all have one. */
export function keepErrors(
  outputs: readonly { readonly output_key: string; readonly output_error?: string }[],
): JsonMap {
  const kept: JsonMap = {}
  for (const { output_key, output_error } of outputs)
    if (output_error !== undefined) put(kept, output_key, output_error)
  return Object.keys(kept).length === 0 ? {} : { outputErrors: kept }
}

/** Who asks for such an output hears why. @throws HearthError TemplateOutputError */
export function checkOutput({ name, data }: Incarnation, output: string): void {
  const kept = data.outputErrors
  const why = isMap(kept) ? own(kept, output) : undefined
  if (typeof why === 'string') throw errors.templateOutputError(name, output, why)
}
