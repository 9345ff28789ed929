import { ResourceFailure } from '@hearth/core/plugin'

/**
 * A URL that requests may be sent to, without what is behind a #. No error has it: it may hold what is secret.
 * @param credentials what to use instead of a user in the URL, e.g. `'auth'`.
 * @throws ResourceFailure if it is no http or https URL, or names a user.
 */
export function httpUrl(text: string, credentials: string): URL {
  if (!URL.canParse(text)) throw new ResourceFailure('expected a URL of http or https.')
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ResourceFailure(`a URL of ${url.protocol} is not allowed; expected http or https.`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new ResourceFailure(`the URL at ${url.host} names a user; use ${credentials}.`)
  }
  url.hash = ''
  return url
}
