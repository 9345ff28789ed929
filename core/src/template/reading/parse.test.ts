import { expect } from 'chai'
import fc from 'fast-check'
import { HearthError } from '../../errors.js'
import { caught, refused } from '../kit.test.js'
import { acceptTemplate, parseTemplateText } from './parse.js'

const limits = { maxSize: 524_288 }
const head = 'heat_template_version: 2018-08-31\n'
const value = (text: string) => parseTemplateText(`${head}v: ${text}\n`, limits)['v']
const refusal = (text: string) => refused(() => parseTemplateText(text, limits))

describe('the text of a template', () => {
  it('is JSON, or else YAML', () => {
    expect(parseTemplateText('{"heat_template_version": "x", "a": [1, null]}', limits)).to.deep.equal({
      heat_template_version: 'x',
      a: [1, null],
    })
    expect(parseTemplateText('{heat_template_version: x}', limits)).to.deep.equal({ heat_template_version: 'x' })
  })

  for (const number of ['.inf', '-.INF', '.NaN']) {
    it(`refuses ${number}, which would be kept as null`, () => {
      const text = `heat_template_version: 2018-08-31\nq: "${number}"\na:\n  - ${number}`
      const error = caught(() => parseTemplateText(text, { maxSize: 1000 }))
      expect(error.message).to.contain(`${number} is not a number that can be kept`).and.to.contain('line 4, column 5')
      expect(error.place).to.deep.equal({ path: '', line: 4, column: 5 })
      expect(value(`"${number}"`)).to.equal(number)
    })
  }

  it('takes the last of equal keys, and any scalar as a key', () => {
    expect(value('{a: 1, a: 2, 3: x, true: y, null: z}')).to.deep.equal({ a: 2, 3: 'x', true: 'y', null: 'z' })
  })

  it('follows anchors and merges', () => {
    expect(parseTemplateText(`${head}a: &x {k: 1}\nb: {<<: *x, l: 2}\nc: *x\n`, limits)).to.deep.include({
      b: { k: 1, l: 2 },
      c: { k: 1 },
    })
  })

  it('keeps a key __proto__ a key', () => {
    for (const text of [
      `${head}v: {__proto__: {polluted: 1}}`,
      '{"heat_template_version":"x","v":{"__proto__":{"polluted":1}}}',
    ]) {
      const parsed = parseTemplateText(text, limits)['v'] as object
      expect(Object.keys(parsed)).to.deep.equal(['__proto__'])
      expect(Object.getPrototypeOf(parsed)).to.equal(Object.prototype)
      expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined)
    }
  })

  it('must be a map with a version', () => {
    const prefix = 'HTTPBadRequest: Template not in valid format: '
    expect(refusal('[1, 2]')).to.equal(`${prefix}The template is not a JSON object or YAML mapping.`)
    expect(refusal('text')).to.equal(`${prefix}The template is not a JSON object or YAML mapping.`)
    expect(refusal('')).to.contain(`${prefix}Template format version not found. (expected`)
    expect(refusal('heat_template_verison: x')).to.equal(
      `${prefix}Template format version not found. (did you mean heat_template_version?)`,
    )
    expect(refusal('# nothing')).to.contain(`${prefix}Template format version not found. (expected`)
    expect(refusal('a: 1')).to.contain(`${prefix}Template format version not found. (expected`)
  })

  it('shows the place of a mistake', () => {
    expect(refusal(`${head}a: [1, 2\nb: 3\n`)).to.match(
      /^HTTPBadRequest: Template not in valid format: Error parsing template \[root stack\] .*\n {2}in "<unicode string>", line \d+, column \d+:\n.*\n *\^$/s,
    )
    expect(refusal(`${head}a: !Ref x\n`)).to.contain("could not determine a constructor for the tag '!Ref'")
    expect(refusal(`${head}a: =\n`)).to.contain('could not determine a constructor')
    expect(refusal(`${head}---\nb: 1\n`)).to.contain('expected a single document in the stream')
  })

  it('is not longer than the limit', () => {
    expect(refused(() => parseTemplateText(`${head}a: ${'x'.repeat(100)}`, { maxSize: 100 }))).to.equal(
      'RequestLimitExceeded: Request limit exceeded: Template size (137 bytes) exceeds maximum allowed size (100 bytes).',
    )
  })

  it('does not explode', () => {
    const lines = Array.from({ length: 40 }, (_, i) => `k${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`)
    expect(refusal(`${head}k0: &a0 lol\n${lines.join('\n')}\n`)).to.contain('written out it has more than')
    expect(refusal(`${head}a: &x [*x]\n`)).to.contain('Template not in valid format')
    expect(refusal(`${head}a: ${'['.repeat(5000)}${']'.repeat(5000)}\n`)).to.contain('Template not in valid format')
    expect(refusal(`{"heat_template_version":"x","a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`)).to.contain(
      'more than 100 levels deep',
    )
    const ladder = Array.from({ length: 200 }, (_, i) => `k${i + 1}: &a${i + 1} [*a${i}]`).join('\n')
    expect(refusal(`${head}k0: &a0 lol\n${ladder}\n`)).to.contain('more than 100 levels deep')
  })

  it('never makes the parser fail in its own way', function () {
    this.timeout(30_000)
    const snippets = fc.array(
      fc.constantFrom(
        'a',
        ': ',
        '- ',
        '[',
        ']',
        '{',
        '}',
        '\n',
        ' ',
        '&x ',
        '*x',
        '!t ',
        '"',
        "'",
        '|',
        '>',
        '<<',
        '#',
        '%',
        '---',
        '=',
        '0',
        '.',
        '\t',
      ),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          snippets.map(parts => head + parts.join('')),
        ),
        text => {
          try {
            parseTemplateText(text, limits)
          } catch (error) {
            if (!HearthError.is(error)) throw error
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('a template that came as an object', () => {
  it('is measured and weighed too', () => {
    expect(acceptTemplate({ a: 1 }, limits)).to.deep.equal({ a: 1 })
    expect(refused(() => acceptTemplate([], limits))).to.contain('not a JSON object or YAML mapping')
    expect(refused(() => acceptTemplate({ a: 'xx' }, { maxSize: 5 }))).to.contain('Template size (11 bytes)')
  })
})
