import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * The library that writes and reads certificates. It takes a tenth of a second to load, and so is loaded by whoever needs it
 * first, not by every daemon and tool that starts.
 */
export function x509(): typeof import('@peculiar/x509') {
  // It is wired by decorators, which need this.
  require('reflect-metadata')
  return require('@peculiar/x509') as typeof import('@peculiar/x509')
}
