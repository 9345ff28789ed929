const hourMs = 3_600_000

/** From when a certificate is to be renewed, in milliseconds since the epoch: so long before its end. */
export const renewalTime = (validTo: Date, earlyHours: number): number => validTo.getTime() - earlyHours * hourMs

/** Until when a certificate is valid that is made now, for so many hours. */
export const endOfValidity = (from: Date, hours: number): Date => new Date(from.getTime() + hours * hourMs)

/** Certificates know whole seconds. */
export const wholeSecond = (ms: number): Date => new Date(Math.floor(ms / 1000) * 1000)
