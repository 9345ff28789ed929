/** Says how text that PostgreSQL sends for a type becomes a value; pg's own has this form. */
export interface TypeParsers {
  getTypeParser(oid: number, format?: string): (text: string) => unknown
}

/** `{a,b}`, with elements that need no quotes. */
const plainArray = (text: string): string[] => (text.length === 2 ? [] : text.slice(1, -1).split(','))

/**
 * `2026-01-02 03:04:05.678901+00`; a Date has milliseconds. Anything else, such as an old year or `infinity`, is left
 * to others.
 */
const utc = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00$/

/** By the number that PostgreSQL has for a type (pg_type.dat). */
const quick: ReadonlyMap<number, (text: string, otherwise: (text: string) => unknown) => unknown> = new Map([
  [1016, plainArray],
  [2951, plainArray],
  [
    1184,
    (text: string, otherwise: (text: string) => unknown) =>
      utc.test(text) ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`) : otherwise(text),
  ],
])

/** The same, but for arrays of ids and for times, which rows have so many of that the driver's thorough way is felt. */
export function quickened(parsers: TypeParsers): TypeParsers {
  const known = new Map<number, (text: string) => unknown>()
  for (const [oid, parse] of quick) {
    const otherwise = parsers.getTypeParser(oid, 'text')
    known.set(oid, text => parse(text, otherwise))
  }
  return { getTypeParser: (oid, format) => known.get(oid) ?? parsers.getTypeParser(oid, format) }
}
