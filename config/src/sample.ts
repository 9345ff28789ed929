import type { Option } from './option.js'

/** The text of `hearth.conf.sample`: every option with its help, what is allowed, and its default, commented out. */
export function renderSample(options: readonly Option<unknown>[]): string {
  const sections = new Map<string, Option<unknown>[]>()
  for (const option of options) sections.set(option.section, [...(sections.get(option.section) ?? []), option])
  const blocks = [...sections].map(([section, members]) => `[${section}]\n\n${members.map(renderOption).join('\n')}`)
  return `# Hearth's options, with their defaults. Generated from their declarations: npm run generate\n\n${blocks.join('\n')}`
}

function renderOption(option: Option<unknown>): string {
  const { name, type, help, mutable } = option
  // The host's name differs from machine to machine; a sample that says one would never be up to date.
  const value = name === 'host' ? '<the name of this machine>' : type.print(option.default)
  const notes = `Allowed: ${type.expected}.${mutable ? ' SIGHUP re-reads it.' : ''}`
  return `${wrap(help)}\n${wrap(notes)}\n#${name} = ${value}\n`
}

function wrap(text: string, width = 100): string {
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
