/** Heat's generated name of a resource: `<stack>-<resource>-<12 characters>`, at most 255 (heat/engine/resource.py). */
export function physicalName(stack: string, resource: string, id: string, most = 255): string {
  const name = `${stack}-${resource}-${shortId(id)}`
  if (name.length <= most) return name
  return `${name.slice(0, 2)}-${name.slice(name.length - (most - 3))}`
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** 12 lower-case base32 characters: the first 60 random bits of a UUID (heat/common/short_id.py). */
export function shortId(uuid: string): string {
  const hex = uuid.replaceAll('-', '')
  // A v4 UUID has its version in digit 12 and its variant in digit 16; Heat leaves them out.
  return fiveBits(hex.slice(0, 10)) + fiveBits(hex.slice(10, 12) + hex.slice(13, 16))
}

/** Whole groups of five bits, as many as the digits hold: 40 bits are 8 letters, 20 bits are 4. */
function fiveBits(hex: string): string {
  let rest = Number.parseInt(hex, 16)
  let text = ''
  for (let letters = (hex.length * 4) / 5; letters > 0; letters--) {
    text = alphabet[rest % 32] + text
    rest = Math.floor(rest / 32)
  }
  return text
}
