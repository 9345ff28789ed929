/**
 * The standard library of YAQL: each file is a family and exports its functions as one list.
 * A function here knows nothing but its arguments and the budget; of two overloads that fit the first is taken.
 * Start at `../registry.ts` for how a function is declared.
 */
import type { FunctionSpec } from '../registry.js'
import { arithmetic } from './arithmetic.js'
import { branching } from './branching.js'
import { comparison } from './comparison.js'
import { dicts } from './dicts.js'
import { editing } from './editing.js'
import { folding } from './folding.js'
import { generators } from './generators.js'
import { grouping } from './grouping.js'
import { lists } from './lists.js'
import { math } from './math.js'
import { moments } from './moments.js'
import { names } from './names.js'
import { ordering } from './ordering.js'
import { queries } from './queries.js'
import { regexes } from './regexes.js'
import { searching } from './searching.js'
import { sets } from './sets.js'
import { spans } from './spans.js'
import { strings } from './strings.js'
import { textSearch } from './text-search.js'
import { types } from './types.js'

export const standardLibrary: readonly (readonly FunctionSpec[])[] = [
  arithmetic,
  comparison,
  types,
  math,
  strings,
  textSearch,
  regexes,
  dicts,
  sets,
  lists,
  editing,
  queries,
  searching,
  folding,
  ordering,
  grouping,
  generators,
  branching,
  names,
  moments,
  spans,
]
