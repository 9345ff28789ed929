/** What the connection says, and not who sends a request. */
const ownHeaders = ['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'expect', 'te', 'trailer']

/** What is wrong with a header of a request; undefined: nothing. Pure. */
export function flawOfHeader(name: string, value: unknown): string | undefined {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) return `'${name}' is no name of a header`
  if (ownHeaders.includes(name.toLowerCase())) return `'${name}' is set by Hearth itself`
  // RFC 9110, 5.5.
  if (typeof value === 'string' && /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
    return `the value of '${name}' has characters that a header cannot have`
  }
  return undefined
}
