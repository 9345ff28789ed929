import * as errors from '../../errors.js'
import type { JsonMap } from '../../plugin/index.js'
import { sizeOf } from '../../template/index.js'

/** Characters that signals may leave with one resource: as many as the outputs of a stack may have. */
const mostReceived = 4 * 1024 * 1024

/** Whoever knows a signed URL may send as often as they like. @throws RequestLimitExceeded: the signal is not taken. */
export function checkReceived(resource: string, received: JsonMap): void {
  if (sizeOf(received) <= mostReceived) return
  throw errors.requestLimitExceeded(
    `the signals of ${resource} are too large together: more than ${mostReceived} characters`,
  )
}
