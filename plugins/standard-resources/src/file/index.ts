/**
 * Hearth::File: what lies on the disk of the workers, below a folder that the operator gives.
 * Nothing here follows a path out of that folder; only `folder.ts` touches the disk.
 * Start at `place.ts` for what a path may be, `file.ts` for how a file is made.
 */
import type { Namespace } from '../namespace.js'
import { directory } from './directory.js'
import { file } from './file.js'
import { options } from './options.js'

export const fileNamespace: Namespace = { options, types: [file, directory] }
