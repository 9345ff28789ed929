/** Heat's generated name of a resource: `<stack>-<resource>-<12 characters>`, at most 255 (heat/engine/resource.py). */
export function physicalName(stack: string, resource: string, id: string, most = 255): string {
  const name = `${stack}-${resource}-${shortId(id)}`
  if (name.length <= most) return name
  return `${name.slice(0, 2)}-${name.slice(name.length - (most - 3))}`
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** 12 lower-case base32 characters: the first 60 random bits of a UUID (heat/common/short_id.py). */
export function shortId(uuid: string): string {
  // A v4 UUID has its version in digit 12 and its variant in digit 16; Heat leaves them out.
  const hex = uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(15, 18)
  return letters(hex.slice(0, 5)) + letters(hex.slice(5, 10)) + letters(hex.slice(10))
}

/** Five digits are four letters of five bits. */
function letters(hex: string): string {
  const bits = Number.parseInt(hex, 16)
  const letter = (shift: number): string => alphabet[(bits >> shift) & 31] as string
  return letter(15) + letter(10) + letter(5) + letter(0)
}
