/** The INI dialect of OpenStack's services. nconf takes this as a file's format; its own cuts values at `#` and `;`. */

export interface IniEntry {
  readonly section: string
  readonly name: string
  readonly value: string
  /** From 1. */
  readonly line: number
}

/** Nesting section → option → text; `lines` tells where each came from. */
export interface IniContent {
  readonly entries: readonly IniEntry[]
}

/**
 * Sections, `name = value` or `name: value`, comment lines from `#` or `;`, trailing comments after white space,
 * indented lines continue the value. Options before any section belong to DEFAULT. The last of equal names wins.
 * @throws Error `line N: …` on a line that is none of these.
 */
export function parseIni(text: string): IniContent {
  const entries: { section: string; name: string; value: string; line: number }[] = []
  let section = 'DEFAULT'
  let continues = false
  text.split(/\r?\n/).forEach((raw, index) => {
    const line = index === 0 ? raw.replace(/^\uFEFF/, '') : raw
    const trimmed = line.trim()
    const last = entries.at(-1)
    if (trimmed === '') {
      continues = false
    } else if (trimmed.startsWith('#') || trimmed.startsWith(';')) {
      return
    } else if (/^\s/.test(line) && continues && last !== undefined) {
      last.value = `${last.value}\n${withoutComment(trimmed)}`.trim()
    } else if (/^\[[^\]]+\]\s*([#;].*)?$/.test(trimmed)) {
      section = trimmed.slice(1, trimmed.indexOf(']')).trim()
      continues = false
    } else {
      const at = trimmed.search(/[=:]/)
      if (at <= 0) throw new Error(`line ${index + 1}: expected [section], name = value, or a comment, got: ${trimmed}`)
      entries.push({
        section,
        name: trimmed.slice(0, at).trim(),
        value: withoutComment(trimmed.slice(at + 1).trim()),
        line: index + 1,
      })
      continues = true
    }
  })
  return { entries }
}

/** `#` and `;` begin a comment only after white space: `p#ss` stays whole. */
function withoutComment(value: string): string {
  const at = value.search(/(^|\s)[#;]/)
  return (at === -1 ? value : value.slice(0, at)).trim()
}

type Tree = Record<string, Record<string, string>>

export function toTree({ entries }: IniContent): Tree {
  const tree: Tree = {}
  for (const { section, name, value } of entries) {
    const options = tree[section] ?? {}
    options[name] = value
    tree[section] = options
  }
  return tree
}

export function stringifyIni(tree: Tree): string {
  return Object.entries(tree)
    .map(([section, options]) => {
      const lines = Object.entries(options).map(([name, value]) => `${name} = ${value.split('\n').join('\n  ')}`)
      return `[${section}]\n${lines.join('\n')}\n`
    })
    .join('\n')
}
