/** What `read` answers, or undefined if it throws: for parsers whose errors tell nothing that a user could use. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
