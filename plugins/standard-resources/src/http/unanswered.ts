const mark = 'unanswered:'

/**
 * The physical id of an object while nobody has heard what became of the request that makes it: the key by which the API
 * would know that request again, whichever step sends it.
 */
export const unanswered = (key: string): string => `${mark}${key}`

/** The key of the request that was sent and not answered; undefined: there is none. */
export const unansweredKey = (physicalId: string | null): string | undefined =>
  physicalId?.startsWith(mark) === true ? physicalId.slice(mark.length) : undefined

/** The physical id of an object that nobody has made, as the API has answered. */
export const refusedId = ''

/** The URL of the object; null: nobody knows of one. */
export const urlIn = (physicalId: string | null): string | null =>
  physicalId === refusedId || unansweredKey(physicalId) !== undefined ? null : physicalId
