import { expect } from 'chai'
import { RE2JS } from 're2js'
import { forJavaScript, forRe2 } from './python-pattern.js'

/** A pattern, texts that `re.match` of Python 3 matches to their end, and texts that it does not. */
const cases: readonly (readonly [pattern: string, fits: readonly string[], others: readonly string[]])[] = [
  ['\\Aab\\Z', ['ab'], ['abab', 'ab\n']],
  ['ab$', ['ab'], ['ab\n']],
  ['(?m)^a$\\n^b$', ['a\nb'], ['ab']],
  ['a|ab', ['a'], ['ab']],
  ['(?i)[a-z]+', ['abAB'], ['1']],
  ['\\w+', ['é', '٣', 'a_1'], ['a b', '']],
  ['(?a)\\w+', ['a1'], ['é']],
  ['\\d\\s\\D\\S\\W', ['٣\u00a0xx!'], ['1\u200bxx!']],
  ['[\\w.\\-]+', ['a.b-c', 'é'], ['a b']],
  ['[^\\s]+', ['a'], ['\u2028']],
  ['[]a]+', [']a]'], ['']],
  ['[^]a]+', ['b'], ['a', ']']],
  ['[[:a]+', ['[:a'], ['b']],
  ['[\\[\\]]+', ['[]'], ['a']],
  ['a{,2}', ['', 'aa'], ['aaa']],
  ['a{x}', ['a{x}'], ['a']],
  ['{a}', ['{a}'], ['a']],
  ['a]', ['a]'], ['a']],
  ['\\-\\_\\@\\ ', ['-_@ '], ['-']],
  ['(?#a remark)ab', ['ab'], ['a']],
  ['.+', ['a\rb', 'a\u2028b'], ['a\nb']],
  ['(?s).+', ['a\nb'], ['']],
  ['[^\\W\\d_]+', ['Müller', 'Αθήνα', 'ι'], ['a1', 'a_', 'a b']],
  ['(?i)[^\\W\\d_]+', ['Müller', 'ι'], ['1']],
  ['[\\W]+', ['!?', '\u0300 ', '\u{e000}'], ['é', '_', 'a', '٣']],
  ['[\\S]+', ['éa'], ['a\u2028', ' ']],
  ['[^\\S\\n]+', [' \t\u2003'], ['\n', 'a', 'é']],
  ['[\\D_]+', ['é_'], ['٣', '1']],
  ['(?a)[\\W]+', ['é'], ['a']],
  ['(?m)a$\\n', ['a\n'], ['a']],
  ['x{,}', ['', 'xxx'], ['y']],
  ['\\é+', ['éé'], ['e']],
  ['[\\w-]+', ['a-é'], ['a.']],
  ['[\\b]\\x41', ['\bA'], ['bA']],
  ['\\u00e9\\$\\{x\\}', ['é${x}'], ['e${x}']],
]

/** What only JavaScript's can do. */
const beyond: typeof cases = [
  ['(?P<x>a|b)c(?P=x)', ['aca'], ['acb']],
  ['(a)\\1', ['aa'], ['a']],
  ['(?=.*[A-Z])(?=.*[\\!\\@])[\\w\\!\\@]+', ['aA!'], ['a!', 'A']],
  ['a(?!b).', ['ac'], ['ab']],
  ['a$\\n', ['a\n'], ['a']],
  ['\\bé\\b.\\bo\\B\\w', ['é oä'], ['éöoä', 'é o ']],
]

const byRe2 = (pattern: string) => {
  const compiled = RE2JS.compile(forRe2(pattern))
  return (text: string): boolean => {
    const matcher = compiled.matcher(text)
    return matcher.lookingAt() && matcher.end() === text.length
  }
}

function byJavaScript(pattern: string) {
  const { source, flags } = forJavaScript(pattern)
  return (text: string): boolean => new RegExp(source, `yu${flags}`).exec(text)?.[0].length === text.length
}

describe('A pattern of Python', () => {
  for (const [pattern, fits, others] of [...cases, ...beyond]) {
    it(`${pattern} fits the same texts as there`, () => {
      const fit = [byJavaScript(pattern), ...(cases.some(([one]) => one === pattern) ? [byRe2(pattern)] : [])]
      for (const matches of fit) {
        expect(
          fits.filter(text => !matches(text)),
          'refused',
        ).to.deep.equal([])
        expect(others.filter(matches), 'taken').to.deep.equal([])
      }
    })
  }

  it('is refused where nobody here can do the same', () => {
    for (const pattern of ['(?x) a b', '[\\W]'.repeat(101), '(?P<x>a)(?(x)b)']) {
      expect(() => byRe2(pattern), pattern).to.throw()
      expect(() => byJavaScript(pattern)('ab'), pattern).to.throw()
    }
  })

  it('is refused where Python refuses it', () => {
    for (const pattern of ['[\\w-~]', 'a\\z', '\\p{L}', '[\\A]', '\\x{41}', '\\u12', 'a(?i)b', '\\Qa\\E', '\\C']) {
      expect(() => byRe2(pattern), pattern).to.throw()
      expect(() => byJavaScript(pattern)('a'), pattern).to.throw()
    }
  })
})
