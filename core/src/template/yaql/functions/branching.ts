import { integer, lambda, rest, rules } from '../parameters.js'
import { type FunctionSpec, functionOf, methodOf } from '../registry.js'
import { Lazy, truthy } from '../values.js'

/** Functions that evaluate only some of their arguments. */
export const branching: readonly FunctionSpec[] = [
  functionOf('switch', [rules('args')], (_, cases) => cases.find(one => truthy(one.source()))?.value() ?? null),
  functionOf('selectCase', [rest(lambda('args'))], (_, cases) => {
    const index = cases.findIndex(one => truthy(one()))
    return index < 0 ? cases.length : index
  }),
  functionOf('selectAllCases', [rest(lambda('args'))], (_, cases) =>
    cases.flatMap((one, index) => (truthy(one()) ? [index] : [])),
  ),
  functionOf(
    'examine',
    [rest(lambda('args'))],
    (_, cases) =>
      new Lazy(function* () {
        for (const one of cases) yield truthy(one())
      }),
  ),
  methodOf('switchCase', [integer('case'), rest(lambda('args'))], (_, index, cases) =>
    cases.length === 0 ? null : ((cases[index] ?? cases.at(-1))?.() ?? null),
  ),
  functionOf('coalesce', [rest(lambda('args'))], (_, cases) => {
    for (const one of cases) {
      const value = one()
      if (value !== null) return value
    }
    return null
  }),
]
