import * as errors from '../../errors.js'
import type { HotVersion } from '../../plugin/template-format.js'
import { base64, fnJoin, fnReplace, fnSplit, getAZs, memberListToMap, ref, select } from './cfn-rules.js'
import { contains, filter, listConcat, listConcatUnique, mapMerge, mapReplace } from './collections.js'
import { and, equals, ifFunction, not, or } from './conditions.js'
import { digest } from './digest.js'
import { fnResourceFacade, resourceFacade } from './facade.js'
import { type FunctionKind, type FunctionTable, macro, rule } from './kinds.js'
import { makeUrl } from './make-url.js'
import { getAttr, getFile, getParam, getResource } from './references.js'
import { repeat } from './repeat.js'
import type { Rule } from './rule.js'
import { listJoin, strReplace, strReplaceStrict, strReplaceVstrict, strSplit } from './text.js'
import { yaql } from './yaql.js'

/** Name, first version, and what it is. */
const data: readonly (readonly [string, HotVersion, FunctionKind])[] = [
  ['get_param', '2013-05-23', rule(getParam)],
  ['get_resource', '2013-05-23', rule(getResource)],
  ['get_attr', '2013-05-23', rule(getAttr)],
  ['get_file', '2013-05-23', rule(getFile)],
  ['resource_facade', '2013-05-23', rule(resourceFacade)],
  ['list_join', '2013-05-23', rule(listJoin)],
  ['str_replace', '2013-05-23', rule(strReplace)],
  ['Fn::Select', '2013-05-23', rule(select)],
  ['Ref', '2013-05-23', rule(ref)],
  ['Fn::GetAZs', '2013-05-23', rule(getAZs)],
  ['Fn::Join', '2013-05-23', rule(fnJoin)],
  ['Fn::Split', '2013-05-23', rule(fnSplit)],
  ['Fn::Replace', '2013-05-23', rule(fnReplace)],
  ['Fn::Base64', '2013-05-23', rule(base64)],
  ['Fn::MemberListToMap', '2013-05-23', rule(memberListToMap)],
  ['Fn::ResourceFacade', '2013-05-23', rule(fnResourceFacade)],
  ['digest', '2015-04-30', rule(digest)],
  ['repeat', '2015-04-30', rule(repeat)],
  ['str_split', '2015-10-15', rule(strSplit)],
  ['map_merge', '2016-04-08', rule(mapMerge)],
  ['yaql', '2016-10-14', rule(yaql)],
  ['map_replace', '2016-10-14', rule(mapReplace)],
  ['if', '2016-10-14', macro(ifFunction)],
  ['filter', '2017-02-24', rule(filter)],
  ['str_replace_strict', '2017-02-24', rule(strReplaceStrict)],
  ['make_url', '2017-09-01', rule(makeUrl)],
  ['list_concat', '2017-09-01', rule(listConcat)],
  ['list_concat_unique', '2017-09-01', rule(listConcatUnique)],
  ['str_replace_vstrict', '2017-09-01', rule(strReplaceVstrict)],
  ['contains', '2017-09-01', rule(contains)],
]

/** Of all versions. */
export const functionNames: readonly string[] = data.map(([name]) => name)

/** From this version on they parse and then fail validation. */
const removed: Readonly<Record<string, HotVersion>> = {
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

const conditional: readonly (readonly [string, HotVersion, FunctionKind])[] = [
  ['get_param', '2016-10-14', rule(getParam)],
  ['equals', '2016-10-14', rule(equals)],
  ['not', '2016-10-14', rule(not)],
  ['and', '2016-10-14', rule(and)],
  ['or', '2016-10-14', rule(or)],
  ['yaql', '2017-09-01', rule(yaql)],
  ['contains', '2017-09-01', rule(contains)],
]

/** The functions of HOT in its version of a date. */
export const hotFunctions =
  (date: HotVersion) =>
  (where: 'data' | 'condition'): FunctionTable =>
    where === 'data'
      ? new Map(data.map(([name, since, kind]) => [name, at(date, name, since, kind)]))
      : new Map(
          hasConditions(date)
            ? conditional.map(([name, since, kind]) => [name, at(date, name, since, kind, 'in conditions ')])
            : [],
        )

const hasConditions = (date: HotVersion): boolean => date >= '2016-10-14'

function at(date: HotVersion, name: string, since: HotVersion, kind: FunctionKind, where = ''): FunctionKind {
  const gone = Object.hasOwn(removed, name) ? removed[name] : undefined
  if (gone !== undefined && date >= gone) return rule(removedRule)
  if (date >= since) return kind
  const message = `The function "${name}" came ${where}with heat_template_version ${since}; this template has ${date}.`
  return { kind: 'later', since, message, of: kind }
}

const refuseRemoved = (name: string): never => {
  throw errors.invalidTemplateVersion(`The function ${name} is not supported in this version of HOT.`)
}
const removedRule: Rule = {
  description: '',
  check: (_args, { name }) => refuseRemoved(name),
  evaluate: (_args, { name }) => refuseRemoved(name),
}
