import { expect } from 'chai'
import type { Json } from '../../plugin/json.js'
import type { HotVersion } from '../../plugin/template-format.js'
import type { FunctionKind } from '../functions/kinds.js'
import { refused, valued } from '../kit.test.js'
import { dates } from './dates.js'
import { plainFormats } from './index.js'

const versions = [
  '2013',
  '2014',
  '2015-04',
  '2015-10',
  '2016-04',
  '2016-10',
  '2017-02',
  '2017-09',
  '2018-03',
  '2018-08',
  '2021',
]

/**
 * Heat's table of functions by version, in the order of `versions`: `x` it is there, `R` it was taken away, `.` it is not
 * there yet.
 */
const functions: readonly (readonly [string, string])[] = [
  ['get_param', 'xxxxxxxxxxx'],
  ['get_resource', 'xxxxxxxxxxx'],
  ['get_file', 'xxxxxxxxxxx'],
  ['get_attr', 'xxxxxxxxxxx'],
  ['resource_facade', 'xxxxxxxxxxx'],
  ['list_join', 'xxxxxxxxxxx'],
  ['str_replace', 'xxxxxxxxxxx'],
  ['Fn::Select', 'xxxRRRRRRRR'],
  ['Ref', 'xRRRRRRRRRR'],
  ['Fn::GetAZs', 'xRRRRRRRRRR'],
  ['Fn::Join', 'xRRRRRRRRRR'],
  ['Fn::Split', 'xRRRRRRRRRR'],
  ['Fn::Replace', 'xRRRRRRRRRR'],
  ['Fn::Base64', 'xRRRRRRRRRR'],
  ['Fn::MemberListToMap', 'xRRRRRRRRRR'],
  ['Fn::ResourceFacade', 'xRRRRRRRRRR'],
  ['digest', '..xxxxxxxxx'],
  ['repeat', '..xxxxxxxxx'],
  ['str_split', '...xxxxxxxx'],
  ['map_merge', '....xxxxxxx'],
  ['yaql', '.....xxxxxx'],
  ['map_replace', '.....xxxxxx'],
  ['if', '.....xxxxxx'],
  ['filter', '......xxxxx'],
  ['str_replace_strict', '......xxxxx'],
  ['make_url', '.......xxxx'],
  ['list_concat', '.......xxxx'],
  ['list_concat_unique', '.......xxxx'],
  ['str_replace_vstrict', '.......xxxx'],
  ['contains', '.......xxxx'],
]

const inConditions: readonly (readonly [string, string])[] = [
  ['get_param', '     xxxxxx'],
  ['equals', '     xxxxxx'],
  ['not', '     xxxxxx'],
  ['and', '     xxxxxx'],
  ['or', '     xxxxxx'],
  ['yaql', '     ..xxxx'],
  ['contains', '     ..xxxx'],
]

const version = (date: string) => plainFormats.versionOf({ heat_template_version: date })

/** What the table says of a kind; a removed function is one that refuses. */
function sign(kind: FunctionKind | undefined): string {
  if (kind === undefined || kind.kind === 'invalid') return ' '
  if (kind.kind === 'later') return '.'
  return kind.kind === 'rule' && kind.rule.description === '' ? 'R' : 'x'
}

describe('a version of HOT', () => {
  it('has a column in the table of this test', () => {
    expect(dates.map((date, index) => date.startsWith(versions[index] ?? '?'))).to.deep.equal(dates.map(() => true))
  })

  for (const [where, table] of [
    ['data', functions],
    ['condition', inConditions],
  ] as const) {
    it(`has exactly its functions in ${where}`, () => {
      for (const [name, row] of table) {
        expect(dates.map(date => sign(version(date).functions(where).get(name))).join(''), name).to.equal(row)
      }
      const known = new Set(table.map(([name]) => name))
      for (const date of dates) {
        for (const [name, kind] of version(date).functions(where)) {
          if (sign(kind) !== ' ') expect(known, date).to.include(name)
        }
      }
    })
  }

  it('knows each missing function, and says which version brought it', () => {
    const arguments_: Record<string, Json> = {
      digest: ['md5', 'x'],
      repeat: { template: 'x', for_each: { x: ['a'] } },
      str_split: [',', 'a,b'],
      map_merge: [{ a: 1 }, { b: 2 }],
      map_replace: [{ a: 1 }, { keys: { a: 'b' } }],
      yaql: { expression: '1' },
      if: [true, 1, 2],
      filter: [['a'], ['a', 'b']],
      str_replace_strict: { template: 'x', params: { x: 'y' } },
      str_replace_vstrict: { template: 'x', params: { x: 'y' } },
      make_url: { host: 'a' },
      list_concat: [['a'], ['b']],
      list_concat_unique: [['a'], ['b']],
      contains: ['a', ['a']],
    }
    for (const [name, row] of functions.filter(([, one]) => one.startsWith('.'))) {
      const brought = dates[row.indexOf('x')] as HotVersion
      for (const date of dates.filter(one => one < brought)) {
        expect(
          refused(() => valued({ [name]: arguments_[name] ?? null }, { version: date })),
          `${name} ${date}`,
        ).to.equal(
          `resources.one.properties.value.${name}: The function "${name}" came with heat_template_version ${brought}; this template has ${date}.`,
        )
      }
      expect(() => valued({ [name]: arguments_[name] ?? null }, { version: brought }), name).not.to.throw()
    }
  })
})
