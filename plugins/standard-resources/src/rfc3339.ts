/** A time of RFC 3339 in UTC, without a fraction. */
export const rfc3339 = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, 'Z')
