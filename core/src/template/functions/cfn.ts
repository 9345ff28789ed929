import {
  base64,
  findInMap,
  fnAnd,
  fnEquals,
  fnIf,
  fnJoin,
  fnNot,
  fnOr,
  fnReplace,
  fnSplit,
  getAZs,
  getAtt,
  memberListToMap,
  ref,
  select,
} from './cfn-rules.js'
import { fnResourceFacade } from './facade.js'
import { type FunctionKind, type FunctionTable, macro, rule } from './kinds.js'

const data: readonly (readonly [string, FunctionKind])[] = [
  ['Ref', rule(ref)],
  ['Fn::GetAtt', rule(getAtt)],
  ['Fn::FindInMap', rule(findInMap)],
  ['Fn::Select', rule(select)],
  ['Fn::Join', rule(fnJoin)],
  ['Fn::Split', rule(fnSplit)],
  ['Fn::Replace', rule(fnReplace)],
  ['Fn::Base64', rule(base64)],
  ['Fn::MemberListToMap', rule(memberListToMap)],
  ['Fn::ResourceFacade', rule(fnResourceFacade)],
  ['Fn::GetAZs', rule(getAZs)],
]

const conditional: readonly (readonly [string, FunctionKind])[] = [
  ['Ref', rule(ref)],
  ['Fn::FindInMap', rule(findInMap)],
  ['Fn::Equals', rule(fnEquals)],
  ['Fn::Not', rule(fnNot)],
  ['Fn::And', rule(fnAnd)],
  ['Fn::Or', rule(fnOr)],
]

/** The functions of CloudFormation's format; without conditions there is no `Fn::If` either. */
export const cfnFunctions =
  (conditions: boolean) =>
  (where: 'data' | 'condition'): FunctionTable => {
    if (where === 'condition') return new Map(conditions ? conditional : [])
    return new Map(conditions ? [...data, ['Fn::If', macro(fnIf)] as const] : data)
  }
