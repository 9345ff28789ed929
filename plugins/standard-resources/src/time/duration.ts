const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

const one = /(\d+(?:\.\d+)?)(ms|[smhd])/y

/** How a duration is written, for errors and descriptions. */
export const durationForm = "seconds, or numbers with units ms, s, m, h, d: '90', '1.5s', '1h30m'"

/** Milliseconds that a text means; undefined if it is no duration. */
export function parseDuration(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  let total = 0
  one.lastIndex = 0
  do {
    const match = one.exec(text)
    if (match === null) return undefined
    total += Number(match[1]) * (unitMs[match[2] as string] as number)
  } while (one.lastIndex < text.length)
  return total
}
