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
      return quoted(kind === 'jsonb' ? json(value) : (value as string))
  }
}

const unstorable = /\\u(?:0000|d[89a-f])/
const escapes = /\\(?:u(?:0000|d[89a-f]..)|.)/g

/**
 * jsonb has neither NUL nor half of a surrogate pair. Whoever writes them is told before, where that can be; here one row
 * must not keep the others of its batch from being written.
 */
function json(value: unknown): string {
  const text = JSON.stringify(value)
  if (!unstorable.test(text)) return text
  return text.replace(escapes, escape => (unstorable.test(escape) ? '\ufffd' : escape))
}

const special = /["\\\0]/

/** PostgreSQL's text has no NUL. */
const quoted = (text: string): string =>
  special.test(text) ? `"${text.replace(/["\\]/g, '\\$&').replaceAll('\0', '\ufffd')}"` : `"${text}"`

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
    return [rows.length, ...this.kinds.map(([name, kind]) => `{${column(rows, name, kind)}}`)]
  }
}

function column<Name extends string>(
  rows: readonly { readonly [N in Name]?: unknown }[],
  name: Name,
  kind: Kind,
): string {
  const [first] = rows
  if (first === undefined) return ''
  const value = first[name]
  const text = element(kind, value)
  const elements = rows.map(row => (row[name] === value ? text : element(kind, row[name])))
  return elements.every(other => other === text) ? text : elements.join(',')
}
