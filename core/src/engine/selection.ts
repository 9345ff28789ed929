import { convergenceEngine } from '@hearth/config'
import type { Options } from '../plugin/index.js'

/** The engine of new stacks. The only place that asks the operator's option: what exists is routed by its own flag. */
export const engineOfNewStacks = (options: Options): string => options.get(convergenceEngine)
