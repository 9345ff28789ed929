import { bool, optional } from '../parameters.js'

const digits = '0123456789'
const lower = 'abcdefghijklmnopqrstuvwxyz'
const upper = lower.toUpperCase()
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'
const whitespace = ' \t\n\r\v\f'

/** The classes of Python's `string` module, in the order of the function's parameters. */
const classes: readonly (readonly [string, string])[] = [
  ['digits', digits],
  ['hexdigits', `${digits}abcdefABCDEF`],
  ['asciiLowercase', lower],
  ['asciiUppercase', upper],
  ['asciiLetters', lower + upper],
  ['letters', lower + upper],
  ['octdigits', '01234567'],
  ['punctuation', punctuation],
  ['printable', digits + lower + upper + punctuation + whitespace],
  ['lowercase', lower],
  ['uppercase', upper],
  ['whitespace', whitespace],
]

/** What `characters(digits => true, …)` takes and gives: each character once. */
export const characterClasses = {
  parameters: classes.map(([name]) => optional(bool(name), false)),
  of: (chosen: readonly boolean[]): string[] => [
    ...new Set(classes.flatMap(([, members], index) => (chosen[index] ? [...members] : []))),
  ],
}
