import { expect } from 'chai'
import type { Json, JsonMap } from '../../plugin/json.js'
import type { HotVersion } from '../../plugin/template-format.js'
import type { FunctionKind } from '../functions/kinds.js'
import { defined, refused, valued } from '../kit.test.js'
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

  const one = (more: JsonMap): JsonMap => ({ resources: { one: { type: 'OS::Heat::None', ...more } } })
  const parameter = (more: JsonMap): JsonMap => ({ parameters: { p: { type: 'number', default: 2, ...more } } })
  const property = (value: Json): JsonMap => one({ properties: { value } })
  /** What came with a version, and what is said before it. */
  const features: readonly (readonly [HotVersion, JsonMap, string])[] = [
    ['2016-10-14', { conditions: { a: true } }, 'The template section is invalid: conditions'],
    ['2016-10-14', one({ condition: true }), 'Invalid keyword(s) inside a resource definition: condition'],
    ['2016-10-14', one({ external_id: 'x' }), 'Invalid keyword(s) inside a resource definition: external_id'],
    ['2016-10-14', one({ deletion_policy: 'retain' }), 'Invalid deletion policy "retain"'],
    ['2017-02-24', parameter({ constraints: [{ modulo: { step: 2, offset: 0 } }] }), 'No constraint expressed'],
    ['2018-03-02', parameter({ tags: ['t'] }), "Invalid key 'tags' for parameter (p)"],
    ['2015-10-15', property({ get_attr: ['one'] }), 'must be of the form [resource_name, attribute, (path), ...]'],
    ['2015-10-15', property({ list_join: ['', ['a'], ['b']] }), 'Incorrect arguments to "list_join" should be'],
    ['2015-10-15', property({ list_join: ['', [{ a: 1 }]] }), "Items to join must be strings not {'a': 1}"],
    [
      '2015-10-15',
      property({ str_replace: { template: 'x', params: { x: [1] } } }),
      '"str_replace" params must be strings or numbers, param x is not valid',
    ],
  ]
  for (const [date, template, message] of features) {
    it(`of before ${date} refuses ${JSON.stringify(template).slice(0, 60)}…, and names that version`, () => {
      const before = dates[dates.indexOf(date) - 1] as HotVersion
      const on = (heat_template_version: HotVersion) => () => defined({ heat_template_version, ...template })
      expect(refused(on(before)))
        .to.include(message)
        .and.include(`came with heat_template_version ${date})`)
      if (JSON.stringify(template).includes('get_attr')) return
      for (const later of dates.slice(dates.indexOf(date))) expect(on(later), later).not.to.throw()
    })
  }

  it('takes maps in repeat, an if without else, and more functions in conditions, from the versions on that brought it', () => {
    const repeat = { repeat: { template: '%x%', for_each: { '%x%': { a: 1 } } } }
    expect(refused(() => valued(repeat, { version: '2016-04-08' }))).to.contain(
      'must be lists (a map came with heat_template_version 2016-10-14)',
    )
    expect(valued(repeat, { version: '2016-10-14' })).to.deep.equal(['a'])
    expect(refused(() => valued({ if: ['on', 1] }, { version: '2018-08-31' }))).to.contain(
      '(leaving out the last came with heat_template_version 2021-04-16)',
    )
    const condition = (date: HotVersion) => () =>
      defined({
        heat_template_version: date,
        conditions: { c: { contains: ['a', ['a']] } },
        ...one({ condition: 'c' }),
      })
    expect(refused(condition('2017-02-24'))).to.equal(
      'conditions.c.contains: The function "contains" came in conditions with heat_template_version 2017-09-01; this template has 2017-02-24.',
    )
    expect(condition('2017-09-01')).not.to.throw()
  })
})
