import { quoted } from './array-text.js'
import { jsonbText } from './jsonb.js'

type Kind = 'uuid' | 'text' | 'boolean' | 'jsonb' | 'uuid[]'

/** An array has no arrays of different lengths in it: those travel as text. */
const carriedBy = (kind: Kind): string => (kind === 'uuid[]' ? 'text' : kind)

/** A value as an element of an array that PostgreSQL reads. Source: PostgreSQL, "Array Input and Output Syntax". */
function element(kind: Kind, value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  switch (kind) {
    case 'uuid':
      return value as string
    case 'boolean':
      return value === true ? 'true' : 'false'
    case 'uuid[]':
      return `"{${(value as readonly string[]).join(',')}}"`
    default:
      return kind === 'jsonb' ? json(value) : quoted(value as string)
  }
}

/** An element's quotes and backslashes are those of a JSON string; a JSON text has nothing else that JSON would escape. */
const json = (value: unknown): string => JSON.stringify(jsonbText(value))

/**
 * Rows as parameters of one statement: an array for each column, which `unnest` makes rows of again. A column that has the
 * same value in all rows travels once. JSON records do the same for several times the work, on both sides, since each row
 * has all the names and all the values with it.
 */
export class Columns<Name extends string> {
  private readonly kinds: readonly (readonly [Name, Kind])[]

  /** @param kinds of the columns, by the names that rows have for them. */
  constructor(kinds: Readonly<Record<Name, Kind>>) {
    this.kinds = Object.entries(kinds) as [Name, Kind][]
  }

  /** How many parameters they are: one for each column, and how many rows there are. */
  get count(): number {
    return this.kinds.length + 1
  }

  /** A subselect with the columns by their names, in the order of the rows. @param first the number of the first parameter. */
  from(first: number): string {
    const names = this.kinds.map(([name]) => `"${name}"`).join(', ')
    const arrays = this.kinds.map(([, kind], index) => `$${first + index + 1}::${carriedBy(kind)}[]`)
    const columns = this.kinds.map(([name, kind], index) => {
      const value = `CASE WHEN cardinality(${arrays[index]}) = 1 THEN (${arrays[index]})[1] ELSE packed."${name}" END`
      return `(${value})::${kind} AS "${name}"`
    })
    return `(SELECT ${columns.join(', ')}
      FROM unnest(array_fill(1, ARRAY[$${first}::int]), ${arrays.join(', ')}) AS packed("place", ${names}))`
  }

  /** The parameters. What a row does not have is null. */
  of(rows: readonly { readonly [N in Name]?: unknown }[]): unknown[] {
    return this.ofAll(rows, (row, name) => row[name])
  }

  /** The same of whatever has the values of a row. */
  ofAll<Row>(rows: readonly Row[], valueOf: (row: Row, name: Name) => unknown): unknown[] {
    return [rows.length, ...this.kinds.map(([name, kind]) => `{${column(rows, name, kind, valueOf)}}`)]
  }
}

function column<Row, Name>(
  rows: readonly Row[],
  name: Name,
  kind: Kind,
  valueOf: (row: Row, name: Name) => unknown,
): string {
  const [first] = rows
  if (first === undefined) return ''
  const value = valueOf(first, name)
  const text = element(kind, value)
  let same = true
  const elements = rows.map(row => {
    const own = valueOf(row, name)
    const other = own === value ? text : element(kind, own)
    same &&= other === text
    return other
  })
  return same ? text : elements.join(',')
}
