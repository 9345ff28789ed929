import * as errors from '../../errors.js'
import { told } from '../../told.js'
import type { Json } from '../../plugin/json.js'
import { Unknown } from '../../plugin/schema.js'
import { type OwnFunction, TemplateError } from '../../plugin/template-format.js'
import { measured } from '../reading/limits.js'
import type { Rule } from './rule.js'

/** Levels of lists and maps in a value that a plugin's function may make. */
const deepest = 100

/** A plugin's function among Hearth's: it never sees what is not known, and takes its room like any other. */
export const ownRule = ({ description, evaluate }: OwnFunction): Rule => ({
  description,
  evaluate: (args, { name, around }) => {
    if (Unknown.within(args)) return new Unknown()
    let value: Json
    try {
      value = evaluate(args as Json)
    } catch (error) {
      throw TemplateError.is(error) ? errors.valueError(told`${error.message}`) : error
    }
    const { size, excess } = measured(value, { size: Number.POSITIVE_INFINITY, depth: deepest })
    if (excess !== undefined) throw errors.valueError(`"${name}" makes a value that cannot be used: ${excess}`)
    around.room.take(name, size)
    return value
  },
})
