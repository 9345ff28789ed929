/**
 * Whether a shell pattern matches a whole name: `*`, `?`, `[abc]`, `[a-z]`, `[!abc]`; upper and lower case differ
 * (Python's fnmatchcase). Takes time in proportion to both lengths multiplied, whatever the pattern.
 */
export function globs(pattern: string, name: string): boolean {
  const parts = partsOf(pattern)
  const text = [...name]
  // The places in the pattern that may be reached after the characters so far.
  let reached = closure(parts, new Set([0]))
  for (const character of text) {
    const next = new Set<number>()
    for (const place of reached) {
      const part = parts[place]
      if (part === undefined) continue
      if (part === 'any') next.add(place)
      else if (part(character)) next.add(place + 1)
    }
    reached = closure(parts, next)
  }
  return reached.has(parts.length)
}

type Part = 'any' | ((character: string) => boolean)

/** A star may stand for nothing. */
function closure(parts: readonly Part[], places: Set<number>): Set<number> {
  for (const place of places) if (parts[place] === 'any') places.add(place + 1)
  return places
}

function partsOf(pattern: string): Part[] {
  const characters = [...pattern]
  const parts: Part[] = []
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] as string
    if (character === '*') parts.push('any')
    else if (character === '?') parts.push(() => true)
    else {
      const end = character === '[' ? endOfSet(characters, at) : undefined
      if (end === undefined) parts.push(other => other === character)
      else {
        parts.push(setOf(characters.slice(at + 1, end)))
        at = end
      }
    }
  }
  return parts
}

/** A bracket that is never closed is itself; one that comes first in a set belongs to it. */
function endOfSet(characters: readonly string[], start: number): number | undefined {
  const first = characters[start + 1] === '!' ? start + 2 : start + 1
  const end = characters.indexOf(']', first + 1)
  return end < 0 ? undefined : end
}

function setOf(content: readonly string[]): Part {
  const negated = content[0] === '!'
  const members = negated ? content.slice(1) : content
  const ranges: [string, string][] = []
  for (let at = 0; at < members.length; at++) {
    const from = members[at] as string
    const to = members[at + 1] === '-' ? members[at + 2] : undefined
    ranges.push([from, to ?? from])
    if (to !== undefined) at += 2
  }
  return character => ranges.some(([from, to]) => from <= character && character <= to) !== negated
}
