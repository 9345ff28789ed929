import { createHash, createHmac } from 'node:crypto'
import { Float, floatText } from '../template/values/float.js'

/** A short, stable name of JSON content: equal content, equal digest, whatever the order of keys. */
export const digestOf = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('base64url')

/** The same for whoever has the key, and nothing to anybody else: of content that may be secret, and easy to guess. */
export const keyedDigestOf = (key: Buffer, value: unknown): string =>
  createHmac('sha256', key).update(canonical(value)).digest('base64url')

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Float.is(value)) return floatText(value.value)
  let text = ''
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === '' ? '' : ','}${canonical(item)}`
    return `[${text}]`
  }
  for (const key of Object.keys(value).sort()) {
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonical((value as Record<string, unknown>)[key])}`
  }
  return `{${text}}`
}
