/** Section → option → text. */
export type Sections = Record<string, Record<string, string>>

export interface IniFile {
  readonly sections: Sections
  /** The line, from 1, that set an option. */
  line(section: string, name: string): number | undefined
  /** What cannot be read, each `LINE: expected …`. */
  readonly problems: readonly string[]
}

/**
 * Reads the INI dialect of OpenStack's services. `name = value` or `name: value`; comments from # or ; at the start of a
 * line, or after white space behind a value (`p#ss` stays whole). Quotes around a whole value are dropped and keep what
 * looks like a comment. Indented lines continue the value above, up to an empty line, joined by line ends. Options before
 * any section belong to DEFAULT. A section may come twice; the last of two equal options wins.
 */
export function parseIni(text: string): IniFile {
  const sections = emptySections()
  const lines = new Map<string, number>()
  const problems: string[] = []
  let section = 'DEFAULT'
  let open: { readonly name: string; value: string } | undefined

  const close = () => {
    if (open) setting(sections, section, open.name, open.value.replace(/^\n+/, ''))
    open = undefined
  }
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const bare = (index === 0 ? line.replace(/^\uFEFF/, '') : line).trim()
    if (/^[#;]/.test(bare)) continue
    if (bare === '') {
      close()
    } else if (open && /^\s/.test(line)) {
      open.value += `\n${withoutComment(bare)}`
    } else if (bare.startsWith('[')) {
      close()
      const name = /^\[([^\]]+)\](?:\s*[#;].*)?$/.exec(bare)?.[1]?.trim()
      if (name) {
        section = name
        sections[section] ??= emptyOptions()
      } else problems.push(`${index + 1}: expected a section as [name], got ${bare}`)
    } else {
      close()
      const [, name, value] = /^([^=:]*[^=:\s])\s*[=:](.*)$/.exec(bare) ?? []
      if (name !== undefined && value !== undefined) {
        open = { name, value: withoutComment(value.trim()) }
        lines.set(`${section}\n${name}`, index + 1)
      } else {
        // Without what follows the first word: the rest may be a password that lost its name.
        problems.push(`${index + 1}: expected [section], name = value or a comment, got ${bare.split(/\s/, 1)[0]} …`)
      }
    }
  }
  close()
  return { sections, line: (inSection, name) => lines.get(`${inSection}\n${name}`), problems }
}

/** The text of `sections`, which `parseIni` reads back. @throws on a value that no INI line can hold */
export const stringifyIni = (sections: Sections): string =>
  Object.entries(sections)
    .map(([section, options]) => {
      const settings = Object.entries(options).map(([name, value]) => `${name} = ${printValue(value)}`.trimEnd())
      return [`[${section}]`, ...settings, ''].join('\n')
    })
    .join('\n')

/** `value` as it is written behind `name =`. @throws on one that no INI line can hold */
export function printValue(value: string): string {
  const lines = value.split('\n')
  const writable = lines.length === 1 ? [value, `"${value}"`, `'${value}'`].find(text => reads(text, value)) : undefined
  if (writable !== undefined) return writable
  if (lines.length > 1 && lines.every(line => line !== '' && reads(line, line))) return lines.join('\n    ')
  throw new Error(
    'A value with both kinds of quotes and a comment sign, or with empty lines, cannot be written as INI.',
  )
}

const reads = (text: string, value: string): boolean =>
  text === text.trim() && !text.includes('\r') && !/^[#;]/.test(text) && withoutComment(text) === value

/** A value without its quotes, or without the comment behind it. */
function withoutComment(value: string): string {
  const quoted = /^(["'])(.*?)\1(?:\s+[#;].*)?$/.exec(value)
  return quoted ? (quoted[2] as string) : value.replace(/(^|\s+)[#;].*$/, '')
}

/** Objects without a prototype: a section, or an option, may have any name. */
export const emptySections = (): Sections => Object.create(null) as Sections

const emptyOptions = () => Object.create(null) as Record<string, string>

export function setting(sections: Sections, section: string, name: string, value: string): void {
  sections[section] ??= emptyOptions()
  sections[section][name] = value
}
