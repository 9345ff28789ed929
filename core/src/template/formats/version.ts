import * as errors from '../../errors.js'
import {
  type HotVersion,
  TemplateError,
  type TemplateFormat,
  type TemplateFunction,
  type TemplateVersion,
} from '../../plugin/template-format.js'
import { conditionTable, type FunctionKind, type FunctionTable, rule } from '../functions/kinds.js'
import { ownRule } from '../functions/own.js'

/** A version of a format as the language works with it. */
export interface Version extends Omit<TemplateVersion, 'functions'> {
  /** The format's. */
  readonly key: string
  /** Whether it has what HOT has from `date` on. */
  since(date: HotVersion): boolean
  functions(where: 'data' | 'condition'): FunctionTable
}

export function versionFrom({ key }: TemplateFormat, given: TemplateVersion): Version {
  let tables: Record<'data' | 'condition', FunctionTable> | undefined
  return {
    ...given,
    key,
    since: date => given.like >= date,
    functions: where => {
      tables ??= tablesOf(given)
      return tables[where]
    },
    parameter: (name, declared) => {
      try {
        return given.parameter(name, declared)
      } catch (error) {
        throw TemplateError.is(error) ? errors.invalidSchemaError(error.message) : error
      }
    },
  }
}

function tablesOf(given: TemplateVersion): Record<'data' | 'condition', FunctionTable> {
  const kinds = (where: 'data' | 'condition'): FunctionTable =>
    new Map([...given.functions(where)].map(([name, one]) => [name, kindOf(one)]))
  const data = kinds('data')
  return { data, condition: conditionTable(data, kinds('condition')) }
}

const kindOf = (given: TemplateFunction): FunctionKind =>
  'kind' in given ? (given as FunctionKind) : rule(ownRule(given))
