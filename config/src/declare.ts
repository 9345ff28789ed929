/** What a plugin needs to declare options of its own: light, it loads no reader. */
export { type Option, option } from './option.js'
export { boolean, choice, float, integer, list, type OptionType, seconds, secret, string, text } from './types.js'
