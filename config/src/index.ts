/**
 * The options of the daemon and how they are read: each is declared once, in `options/`.
 * Nothing here knows what an option is used for, nor imports another package of the house.
 * Start at `configuration.ts` for the order of sources, `option.ts` for a declaration.
 */
export { configFiles, parseOverrides } from './command-line.js'
export * from './configuration.js'
export { type IniFile, parseIni, type Sections, stringifyIni } from './ini.js'
export { nearest } from './nearest.js'
export * from './option.js'
export * from './options/index.js'
export { renderSample } from './sample.js'
export type { ConfigFolder, Sources } from './sources.js'
export * from './types.js'
