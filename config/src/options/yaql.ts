import { option } from '../option.js'
import { integer } from '../types.js'

const section = 'yaql'

export const limitIterators = option(section, 'limit_iterators', integer({ min: 0 }), {
  default: 200,
  mutable: true,
  help: 'Items that a collection may have that an expression of the function yaql goes through, or gives. More: larger lists can be worked on, and an expression may take longer.',
})
export const memoryQuota = option(section, 'memory_quota', integer({ min: 0 }), {
  default: 10_000,
  mutable: true,
  help: 'Bytes that a value in an expression of the function yaql may take, without what it contains. 0: no limit but that of steps.',
})
