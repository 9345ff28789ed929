import { dumps, repr, str } from '../template/values/python.js'
import type { MaybeUnknown } from './schema.js'

/** Text that Heat makes of values, for types whose users know it: as Python writes it. */

/** `json.dumps(value)`: a blank behind each colon and comma, ASCII alone. */
export const pythonJson = (value: MaybeUnknown): string => dumps(value)

/** `str(value)`. */
export const pythonText = (value: MaybeUnknown): string => str(value)

/** `repr(value)`. */
export const pythonRepr = (value: MaybeUnknown): string => repr(value)
