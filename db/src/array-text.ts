const special = /["\\\0]/

/**
 * A text as an element of an array that PostgreSQL reads; its text has no NUL. Source: PostgreSQL, "Array Input and
 * Output Syntax".
 */
export const quoted = (text: string): string =>
  special.test(text) ? `"${text.replace(/["\\]/g, '\\$&').replaceAll('\0', '\ufffd')}"` : `"${text}"`

/** A list as PostgreSQL reads it; undefined: it has elements that the driver knows better how to write. */
export function arrayText(list: readonly unknown[]): string | undefined {
  const elements: string[] = []
  for (const one of list) {
    if (typeof one === 'string') elements.push(quoted(one))
    else if (typeof one === 'number' || typeof one === 'boolean') elements.push(String(one))
    else if (one === null) elements.push('NULL')
    else return undefined
  }
  return `{${elements.join(',')}}`
}
