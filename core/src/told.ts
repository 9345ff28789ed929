/** Characters of a value that an error tells. */
const mostTold = 200
/** Characters of a whole message, or of a path: what it tells has been shortened before. */
const mostSaid = 2000

/** What stands for a value that nobody is to see. */
export const hiddenText = '******'

/** A text, shortened to about so many characters; how long it was is said. */
export function shortened(text: string, most = mostTold): string {
  if (text.length <= most) return text
  // No half of a character.
  const end = /[\uD800-\uDBFF]/.test(text[most - 1] ?? '') ? most - 1 : most
  return `${text.slice(0, end)}… (${text.length} characters)`
}

/** Shortens a message or path as a whole, whatever was put into it. */
export const sayable = (text: string): string => shortened(text, mostSaid)

/** A message that tells values, and the same for the case that nobody is to see them. */
export class Told {
  constructor(
    readonly open: string,
    readonly masked: string,
  ) {}
}

/** What a message says as it is, whoever sees it. */
export const plain = (text: string): Told => new Told(shortened(text), shortened(text))

/**
 * A message. Texts that are put into it tell values: they are shortened, and masked where those are secret. What is `plain`, or
 * told itself, is put in as it is.
 */
export function told(parts: TemplateStringsArray, ...values: readonly (string | Told)[]): Told {
  const join = (say: (value: string | Told) => string): string =>
    parts.slice(1).reduce((text, part, index) => text + say(values[index] ?? '') + part, parts[0] ?? '')
  return new Told(
    join(value => (typeof value === 'string' ? shortened(value) : value.open)),
    join(value => (typeof value === 'string' ? hiddenText : value.masked)),
  )
}
