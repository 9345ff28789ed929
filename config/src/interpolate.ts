import { labelOf } from './option.js'

export interface Written {
  readonly section: string
  readonly name: string
  readonly text: string
}

/** `$$`, `$option`, `$section.option`, and both in braces. A dollar sign before anything else is a dollar sign. */
const reference = /\$(?:\$|([a-z_][\w.]*)|\{([a-z_][\w.]*)\})/gi

/**
 * Replaces references to other options, as oslo.config does: a bare name is one of the option's own section, else of
 * DEFAULT. What a reference stands for may have references again.
 * @param find the text of an option as it is written, or its default; undefined if there is no such option.
 * @throws Error that says which reference stands for nothing, or leads back to where it came from
 */
export function interpolate(written: Written, find: (section: string, name: string) => Written | undefined): string {
  const open: string[] = []
  return expand(written)

  function expand(at: Written): string {
    const label = labelOf(at)
    if (open.includes(label)) throw new Error(`${[...open, label].join(' → ')} is a circle of references`)
    open.push(label)
    const text = at.text.replace(reference, (whole: string, bare?: string, braced?: string) => {
      const name = bare ?? braced
      if (name === undefined) return '$'
      const target = lookUp(name, at.section)
      if (target === undefined) throw new Error(`${whole} stands for no option; write $$ for a dollar sign`)
      return expand(target)
    })
    open.pop()
    return text
  }

  function lookUp(name: string, section: string): Written | undefined {
    const dot = name.indexOf('.')
    const inSection = dot === -1 ? undefined : find(name.slice(0, dot), name.slice(dot + 1))
    return inSection ?? find(section, name) ?? find('DEFAULT', name)
  }
}
