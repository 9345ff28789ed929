import { type JsonMap, type Options, ResourceFailure, withoutSecrets } from '@hearth/core/plugin'
import { Root } from '../file/root.js'
import type { Surroundings } from '../namespace.js'
import { maxOutputBytes } from './options.js'
import { checkProgram, checkVariable, pathOf } from './permission.js'
import { type Ended, run } from './run.js'

/** What a program is told besides its arguments. */
export interface Told {
  /** Whose folder it runs in. */
  readonly project: string
  /** Variables of Hearth's own. */
  readonly environment: Readonly<Record<string, string>>
}

/** Characters of what a program wrote that a reason shows. */
const mostShown = 500

/** Runs programs as the properties of a resource say, as far as the operator allows it. */
export class Programs {
  private readonly root: Root
  private readonly options: Options

  constructor(private readonly surroundings: Surroundings) {
    this.options = surroundings.options
    this.root = new Root(this.options)
  }

  /** @throws PropertyFailure if resources may not work in that folder; whether it is there shows later. */
  checkFolder(path: string): void {
    this.root.check('working_directory', path)
  }

  /**
   * Runs what the property `command` of `stored` names.
   * @throws ResourceFailure if it fails; what the signal was aborted with
   */
  async execute(command: string, stored: JsonMap, told: Told, signal: AbortSignal): Promise<Ended> {
    const [first = '', ...args] = stored[command] as readonly string[]
    checkProgram(first, command, this.options)
    const own = stored.environment as Readonly<Record<string, string>>
    for (const name of Object.keys(own)) checkVariable(name, this.options)
    const program = await pathOf(first)
    const input = (stored.input as string | null) ?? ''
    const began = performance.now()
    const ended = await this.inFolder(stored.working_directory as string | null, told.project, folder =>
      run(
        {
          program,
          args,
          environment: { ...inherited(), ...texts(own), ...told.environment },
          folder,
          input,
          timeoutSeconds: stored.timeout as number,
          maxOutputBytes: this.options.get(maxOutputBytes),
        },
        signal,
      ),
    )
    // No arguments: they may hold what nobody should read.
    this.surroundings.log.debug(
      { program, code: ended.code, ms: Math.round(performance.now() - began) },
      'A program of a resource has ended',
    )
    if ((stored.success_codes as readonly number[]).includes(ended.code)) return ended
    const shown = withoutSecrets(ended.stderr.trim(), [...Object.values(texts(own)), input]).slice(-mostShown)
    throw new ResourceFailure(`'${first}' ended with ${ended.code}${shown === '' ? '.' : `: ${shown}`}`)
  }

  /** The folder stays open, so that it is the very one that was checked. */
  private inFolder<T>(path: string | null, project: string, work: (folder: string) => Promise<T>): Promise<T> {
    if (path === null) return work('/')
    const { id, folders, name } = this.root.place(path, project)
    return this.root.inFolderOf({ id, name, folders: [...folders, name] }, folder => work(folder.here))
  }
}

/** What a program gets of the daemon's own environment, which has secrets in it. */
function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'LANG', 'TZ']
  return Object.fromEntries(names.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
}

const texts = (values: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
