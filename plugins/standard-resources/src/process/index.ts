/**
 * Hearth::Process: programs on the machines of the workers, those that the operator lists and no other.
 * Only `run.ts` starts a process.
 * Start at `command.ts` for the steps, `run.ts` for how a program is kept and ended.
 */
import type { Namespace } from '../namespace.js'
import { command } from './command.js'
import { options } from './options.js'

export const processNamespace: Namespace = { options, types: [command] }
