import { printValue } from './ini.js'
import type { Option } from './option.js'

/** The text of `hearth.conf.sample`: every option with its help, what is allowed, and its default, commented out. */
export function renderSample(options: readonly Option<unknown>[]): string {
  const sections = new Map<string, Option<unknown>[]>()
  for (const option of options) sections.set(option.section, [...(sections.get(option.section) ?? []), option])
  const blocks = [...sections].map(([section, members]) => `[${section}]\n\n${members.map(renderOption).join('\n')}`)
  return `${header}\n${blocks.join('\n')}`
}

const header = `# Hearth's options, with their defaults. Generated from their declarations; do not edit.
#
# A setting is taken from the command line (--SECTION:option=value), the environment (HEARTH__SECTION__option=value),
# the files named by --config-file or HEARTH_CONFIG_FILE (later ones win), or is the default, in this order. Lists are
# separated by commas; durations are seconds, or numbers with a unit: 500ms, 30s, 5m, 1h, 1d. A comment begins with # or
# ; at the start of a line or after white space; a value in quotes may hold both.
`

function renderOption(option: Option<unknown>): string {
  const { name, type, help, mutable, shown } = option
  const value = shown ?? printValue(type.print(option.default))
  const notes = `Allowed: ${type.expected}.${mutable ? ' SIGHUP re-reads it.' : ''}`
  return `${wrap(help)}\n${wrap(notes)}\n${`#${name} = ${value}`.trimEnd()}\n`
}

function wrap(text: string, width = 120): string {
  const lines: string[] = []
  let line = '#'
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > width) {
      lines.push(line)
      line = '#'
    }
    line = `${line} ${word}`
  }
  return [...lines, line].join('\n')
}
