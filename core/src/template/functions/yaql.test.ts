import { expect } from 'chai'
import type { Json } from '../../plugin/json.js'
import { Unknown } from '../../plugin/schema.js'
import { plainLanguage } from '../language.js'
import { defined, refused, valued } from '../kit.test.js'

const yaql = (expression: Json, data: Json = {}): Json => ({ yaql: { expression, data } })
const at = 'resources.one.properties.value'

describe('the function yaql', () => {
  it('gives the value of an expression over its data', () => {
    expect(valued(yaql('$.data.list.select($.toUpper()).join("-")', { list: { get_param: 'list' } }))).to.equal('A-B-C')
    expect(valued(yaql('$.data.where($ > 1)', [1, 2, 3]))).to.deep.equal([2, 3])
    expect(valued({ yaql: { expression: '1 + 1' } })).to.equal(2)
    expect(valued({ yaql: { expression: '$.data' } })).to.deep.equal({})
    expect(valued(yaql('coalesce($.data, []).where($ != null)', null))).to.deep.equal([])
    expect(valued(yaql({ get_param: 'text' }))).to.equal('hello')
    expect(Object.keys(valued(yaql('dict("__proto__" => 1)')) as object)).to.deep.equal(['__proto__'])
  })

  it('is not known while its data are not', () => {
    const unknown = { reference: (name: string) => name, attribute: () => new Unknown() }
    const given = yaql('$.data.x', { x: { get_attr: ['other', 'value'] } })
    expect(valued(given, { scope: unknown })).to.be.instanceOf(Unknown)
    expect(valued(given, { scope: { ...unknown, attribute: () => 5 } })).to.equal(5)
  })

  it('says what is wrong with its arguments, before there are values', () => {
    expect(refused(() => valued({ yaql: 'x' }))).to.equal(`${at}.yaql: Arguments to "yaql" must be a map.`)
    expect(refused(() => valued({ yaql: { data: 1 } }))).to.equal(
      `${at}.yaql: '"yaql" syntax should be yaql:\\n              expression: $.data.var1.sum()\\n              data:\\n                var1: [3, 2, 1]'`,
    )
    expect(refused(() => valued({ yaql: { expression: '1', date: 1 } }))).to.contain('"yaql" syntax should be')
    expect(refused(() => valued(yaql('$.data +')))).to.equal(
      `${at}.yaql: Bad expression Parse error: unexpected end of statement.`,
    )
  })

  it('says what an expression ran into, and where', () => {
    expect(refused(() => valued(yaql('$.data.missing')))).to.equal(
      `Property error: ${at}: 'missing': there is no such key; the dict is empty`,
    )
    expect(refused(() => valued(yaql('range(1000)')))).to.contain('Collection length exceeds 200 elements')
    const language = { ...plainLanguage, yaql: { iterators: 2, memory: 100 } }
    expect(refused(() => valued(yaql('[1, 2, 3].len() + range(3).count()'), { language }))).to.contain(
      'exceeds 2 elements',
    )
    expect(refused(() => valued(yaql('"a" * 100'), { language }))).to.contain('consumed too much memory')
  })

  it('may decide a condition, from 2017-09-01 on', () => {
    const template = (version: string) => ({
      heat_template_version: version,
      parameters: { zones: { type: 'comma_delimited_list', default: 'a,b' } },
      conditions: { several: yaql('$.data.z.len() > 1', { z: { get_param: 'zones' } }) },
      resources: { r: { type: 'OS::Heat::None', condition: 'several' } },
    })
    expect(defined(template('2017-09-01')).resources.has('r')).to.equal(true)
    expect(refused(() => defined(template('2016-10-14')))).to.equal(
      'conditions.several.yaql: The function "yaql" came in conditions with heat_template_version 2017-09-01; this template has 2016-10-14.',
    )
  })
})
