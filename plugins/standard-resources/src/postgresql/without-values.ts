/**
 * Whether an error says what is wrong with a value (class 22), with a row (23), or at which word (42601); others name objects.
 * @param code SQLSTATE; PostgreSQL's manual, appendix A.
 */
export const tellsOfValues = (code = ''): boolean => /^(22|23|42601)/.test(code)

/**
 * The message of such an error, without values: they may be secret, and come back as the server has read them, in whatever way
 * they were written. Of a row it names tables and constraints. Else nothing is left that is in quotes, from the first to the
 * last one, since a value may have some itself, nor what follows a colon. The words may be of any language. Pure.
 */
export function withoutValues(message: string, code = ''): string {
  if (code.startsWith('23')) return message
  return message.replace(inQuotes, mask).replace(/: .*$/su, `: ${mask}`)
}

const inQuotes = /["'“”„«»‘’「」].*["'“”„«»‘’「」]/su
const mask = '******'
