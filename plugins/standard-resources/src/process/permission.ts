import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { type Options, ResourceFailure } from '@hearth/core/plugin'
import { allowed, environment } from './options.js'

/** @throws ResourceFailure unless the operator lets resources run the program, as it is written. */
export function checkProgram(program: string, options: Options): void {
  const list = options.get(allowed)
  if (list.length === 0) {
    throw new ResourceFailure('commands are off: the operator allows no program ([process] allowed).')
  }
  if (list.includes(program)) return
  throw new ResourceFailure(`'${program}' is not among the programs that the operator allows ([process] allowed).`)
}

/** @throws ResourceFailure unless the operator lets resources set the variable. */
export function checkVariable(name: string, options: Options): void {
  const matches = (entry: string): boolean =>
    entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : name === entry
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !name.startsWith('HEARTH_') && options.get(environment).some(matches)) {
    return
  }
  throw new ResourceFailure(
    `the variable '${name}' is not among those that the operator lets resources set ([process] environment).`,
  )
}

/** Where a program that is allowed lies. @throws ResourceFailure if it is not there. */
export async function pathOf(program: string, path = process.env.PATH ?? ''): Promise<string> {
  const candidates = program.includes('/')
    ? [program]
    : path
        .split(':')
        .filter(folder => isAbsolute(folder))
        .map(folder => join(folder, program))
  for (const candidate of candidates) if (await isExecutable(candidate)) return candidate
  throw new ResourceFailure(`there is no program '${program}' on the machine of the worker.`)
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
