/**
 * The options of the daemon and how they are read: each is declared once, in `options/`.
 * Nothing here knows what an option is used for, nor imports another package of the house.
 * Start at `configuration.ts` for the order of sources, `option.ts` for a declaration.
 */
export * from './configuration.js'
export { type IniContent, parseIni, stringifyIni, toTree } from './ini.js'
export * from './option.js'
export * from './options/index.js'
export { renderSample } from './sample.js'
export * from './types.js'
