/** Shorter texts stand in too much that is no secret. */
const shortest = 4

/** A text for users to read, in which nothing of what is secret is left. */
export const withoutSecrets = (text: string, secrets: readonly (string | null | undefined)[]): string =>
  secrets.reduce<string>(
    (left, secret) => ((secret ?? '').length < shortest ? left : left.replaceAll(secret as string, '******')),
    text,
  )
