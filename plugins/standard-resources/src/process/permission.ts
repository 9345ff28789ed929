import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { type Options, PropertyFailure, ResourceFailure } from '@hearth/core/plugin'
import { allowed, environment } from './options.js'

/** @throws PropertyFailure unless the operator lets resources run what `property` names first, as it is written. */
export function checkProgram(program: string, property: string, options: Options): void {
  const list = options.get(allowed)
  if (list.includes(program)) return
  const why =
    list.length === 0
      ? 'commands are off: the operator allows no program'
      : `'${program}' is not among the programs that the operator allows`
  throw new PropertyFailure(`${property}[0]`, `${why} ([process] allowed)`)
}

/** @throws PropertyFailure unless the operator lets resources set the variable. */
export function checkVariable(name: string, options: Options): void {
  const matches = (entry: string): boolean =>
    entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : name === entry
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !name.startsWith('HEARTH_') && options.get(environment).some(matches)) {
    return
  }
  throw new PropertyFailure(
    'environment',
    `the variable '${name}' is not among those that the operator lets resources set ([process] environment)`,
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
