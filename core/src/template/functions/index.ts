/**
 * The intrinsic functions of HOT: what each takes and gives, and which version knows it.
 * A function here never reads anything but its arguments and surroundings; placing and paths are the caller's business.
 * Start at `rule.ts` for what a function is, then at the table below.
 */
import * as errors from '../../errors.js'
import type { Version, VersionDate } from '../versions.js'
import { contains, filter, listConcat, listConcatUnique, mapMerge, mapReplace } from './collections.js'
import { and, equals, ifFunction, not, or } from './conditions.js'
import { digest } from './digest.js'
import { makeUrl } from './make-url.js'
import { getAttr, getFile, getParam, getResource } from './references.js'
import { repeat } from './repeat.js'
import type { Macro, Rule } from './rule.js'
import { listJoin, strReplace, strReplaceStrict, strReplaceVstrict, strSplit } from './text.js'
import { yaql } from './yaql.js'

export type FunctionKind =
  | { readonly kind: 'rule'; readonly rule: Rule }
  | { readonly kind: 'macro'; readonly macro: Macro }
  /** Heat has it in this version, Hearth has not. */
  | { readonly kind: 'unsupported' }
  /** Stands in the template, may not be used. */
  | { readonly kind: 'invalid'; readonly message: string }

const rule = (rule: Rule): FunctionKind => ({ kind: 'rule', rule })
const unsupported: FunctionKind = { kind: 'unsupported' }

/** Name, first version, and what it is. */
const data: readonly (readonly [string, VersionDate, FunctionKind])[] = [
  ['get_param', '2013-05-23', rule(getParam)],
  ['get_resource', '2013-05-23', rule(getResource)],
  ['get_attr', '2013-05-23', rule(getAttr)],
  ['get_file', '2013-05-23', rule(getFile)],
  ['resource_facade', '2013-05-23', unsupported],
  ['list_join', '2013-05-23', rule(listJoin)],
  ['str_replace', '2013-05-23', rule(strReplace)],
  ['Fn::Select', '2013-05-23', unsupported],
  ['Ref', '2013-05-23', unsupported],
  ['Fn::GetAZs', '2013-05-23', unsupported],
  ['Fn::Join', '2013-05-23', unsupported],
  ['Fn::Split', '2013-05-23', unsupported],
  ['Fn::Replace', '2013-05-23', unsupported],
  ['Fn::Base64', '2013-05-23', unsupported],
  ['Fn::MemberListToMap', '2013-05-23', unsupported],
  ['Fn::ResourceFacade', '2013-05-23', unsupported],
  ['digest', '2015-04-30', rule(digest)],
  ['repeat', '2015-04-30', rule(repeat)],
  ['str_split', '2015-10-15', rule(strSplit)],
  ['map_merge', '2016-04-08', rule(mapMerge)],
  ['yaql', '2016-10-14', rule(yaql)],
  ['map_replace', '2016-10-14', rule(mapReplace)],
  ['if', '2016-10-14', { kind: 'macro', macro: ifFunction }],
  ['filter', '2017-02-24', rule(filter)],
  ['str_replace_strict', '2017-02-24', rule(strReplaceStrict)],
  ['make_url', '2017-09-01', rule(makeUrl)],
  ['list_concat', '2017-09-01', rule(listConcat)],
  ['list_concat_unique', '2017-09-01', rule(listConcatUnique)],
  ['str_replace_vstrict', '2017-09-01', rule(strReplaceVstrict)],
  ['contains', '2017-09-01', rule(contains)],
]

/** From this version on they parse and then fail validation. */
const removed: Readonly<Record<string, VersionDate>> = {
  'Fn::Select': '2015-10-15',
  Ref: '2014-10-16',
  'Fn::GetAZs': '2014-10-16',
  'Fn::Join': '2014-10-16',
  'Fn::Split': '2014-10-16',
  'Fn::Replace': '2014-10-16',
  'Fn::Base64': '2014-10-16',
  'Fn::MemberListToMap': '2014-10-16',
  'Fn::ResourceFacade': '2014-10-16',
}

const conditional: readonly (readonly [string, VersionDate, FunctionKind])[] = [
  ['get_param', '2016-10-14', rule(getParam)],
  ['equals', '2016-10-14', rule(equals)],
  ['not', '2016-10-14', rule(not)],
  ['and', '2016-10-14', rule(and)],
  ['or', '2016-10-14', rule(or)],
  ['yaql', '2017-09-01', rule(yaql)],
  ['contains', '2017-09-01', rule(contains)],
]

const tables = new Map<string, ReadonlyMap<string, FunctionKind>>()

/** What a one-key map may mean: in data, or inside a condition. */
export function functionsOf(version: Version, where: 'data' | 'condition'): ReadonlyMap<string, FunctionKind> {
  const key = `${version.date} ${where}`
  let table = tables.get(key)
  if (table === undefined) {
    table = where === 'data' ? dataTable(version) : conditionTable(version)
    tables.set(key, table)
  }
  return table
}

function dataTable(version: Version): Map<string, FunctionKind> {
  const table = new Map<string, FunctionKind>()
  for (const [name, since, kind] of data) {
    if (!version.since(since)) continue
    const gone = Object.hasOwn(removed, name) ? removed[name] : undefined
    table.set(name, gone !== undefined && version.since(gone) ? rule(removedRule) : kind)
  }
  return table
}

function conditionTable(version: Version): Map<string, FunctionKind> {
  const table = new Map<string, FunctionKind>()
  for (const name of dataTable(version).keys()) {
    table.set(name, { kind: 'invalid', message: `The function "${name}" is invalid in this context` })
  }
  for (const [name, since, kind] of conditional) if (version.since(since)) table.set(name, kind)
  return table
}

const refuseRemoved = (name: string): never => {
  throw errors.invalidTemplateVersion(`The function ${name} is not supported in this version of HOT.`)
}
const removedRule: Rule = {
  description: '',
  check: (_args, { name }) => refuseRemoved(name),
  evaluate: (_args, { name }) => refuseRemoved(name),
}

/** Body of `GET /template_versions/{key}/functions`: those that work, in the order of their names. */
export function templateFunctions(
  version: Version,
  withConditionFunctions: boolean,
): { functions: string; description: string }[] {
  const found = new Map<string, string>()
  for (const where of withConditionFunctions ? (['data', 'condition'] as const) : (['data'] as const)) {
    for (const [name, kind] of functionsOf(version, where)) {
      const description = describe(kind)
      if (description !== '') found.set(name, description)
    }
  }
  return [...found.keys()].sort().map(name => ({ functions: name, description: found.get(name) ?? '' }))
}

function describe(kind: FunctionKind): string {
  if (kind.kind === 'rule') return kind.rule.description
  return kind.kind === 'macro' ? kind.macro.description : ''
}
