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
  const bits = BigInt(`0x${hex.slice(0, 12)}${hex.slice(13, 16)}`)
  let text = ''
  for (let shift = 55n; shift >= 0n; shift -= 5n) text += alphabet[Number((bits >> shift) & 31n)]
  return text
}
