import * as errors from '../../errors.js'
import { Unknown } from '../../plugin/schema.js'
import { valueOf, unknownScope } from '../expression.js'
import type { FacadePart } from '../inside/facade.js'
import type { Rule, Site } from './rule.js'

/** What is known of the resource around, by the words of a format. */
const facadeBy = (words: Readonly<Record<string, FacadePart>>): Rule => {
  const asked = (args: unknown, { name, around }: Site) => {
    const what = typeof args === 'string' && Object.hasOwn(words, args) ? words[args] : undefined
    if (what !== undefined) return around.facade(what)
    throw errors.valueError(`Incorrect arguments to "${name}" should be one of: ${Object.keys(words).join(', ')}`)
  }
  return {
    description: 'A function for retrieving data in a parent provider template.',
    check: (args, site) => {
      const value = valueOf(args, unknownScope)
      if (!Unknown.is(value)) asked(value, site)
    },
    evaluate: (args, site) => (Unknown.is(args) ? args : asked(args, site)),
  }
}

export const resourceFacade = facadeBy({
  metadata: 'metadata',
  deletion_policy: 'deletion_policy',
  update_policy: 'update_policy',
})
export const fnResourceFacade = facadeBy({
  Metadata: 'metadata',
  DeletionPolicy: 'deletion_policy',
  UpdatePolicy: 'update_policy',
})
