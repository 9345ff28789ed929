/** `YYYY-MM-DDTHH:MM:SSZ`, whole seconds, UTC: the form of every time but those of services. */
export const timeOf = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`
export const maybeTime = (date: Date | null): string | null => (date === null ? null : timeOf(date))

/** `YYYY-MM-DDTHH:MM:SS.ffffff` without zone: the form of services. */
export const serviceTime = (date: Date): string => `${date.toISOString().slice(0, 23)}000`
