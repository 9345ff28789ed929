import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manageCommand } from './settings.js'

/** The folders that others are copied from, by the plugins whose tables they have. */
const originals = new Map<string, string>()
const temporary: string[] = []

process.on('exit', () => {
  for (const folder of [...originals.values(), ...temporary]) rmSync(folder, { recursive: true, force: true })
})

/** A folder for what cases put outside of Hearth, until the end of the run. */
export function temporaryFolder(): string {
  const folder = emptyFolder()
  temporary.push(folder)
  return folder
}

/**
 * A state folder with an empty database, as a daemon with these plugins makes it at its first start. Only the first of a
 * kind is made; the others are copies of it, which saves most of the time that a start takes.
 * @param plugins the option `[DEFAULT] plugins`; undefined: its default.
 */
export function newState(plugins: string | undefined): string {
  const key = plugins ?? ''
  const original = originals.get(key) ?? make(plugins)
  originals.set(key, original)
  const folder = emptyFolder()
  // Not by Node: owners and modes are kept, for the database of a daemon that root starts is another user's.
  execFileSync('cp', ['-pR', `${original}/.`, folder])
  return folder
}

export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'hearth-kit-'))

function make(plugins: string | undefined): string {
  const folder = emptyFolder()
  const [program = '', ...args] = manageCommand()
  const options = [`--DEFAULT:state_path=${folder}`, ...(plugins === undefined ? [] : [`--DEFAULT:plugins=${plugins}`])]
  try {
    execFileSync(program, [...args, 'db', 'sync', ...options], { stdio: ['ignore', 'ignore', 'pipe'] })
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
  return folder
}
