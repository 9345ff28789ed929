import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isAbsolute, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  authEncryptionKey,
  type ConfigFolder,
  Configuration,
  configFiles,
  databaseConnection,
  parseOverrides,
  plugins as pluginsOption,
  type Sources,
  statePath,
} from '@hearth/config'
import { importPlugins, migrationLinesOf, migrationsOf, optionsOf } from '@hearth/core'
import type { HearthPlugin } from '@hearth/core/plugin'
import { encryptionKeys, type MigrationLine, type Queryable } from '@hearth/db'
import { Command, type Command as Program } from 'commander'

const here = fileURLToPath(import.meta.url)
/** Where a relative state path starts: at the checkout, or where a daemon that npm has installed is started. */
const home = here.includes(`${sep}node_modules${sep}`)
  ? process.cwd()
  : fileURLToPath(new URL('../../', import.meta.url))

/** What the daemon and every tool know before they touch the database. */
export interface Runtime {
  readonly configuration: Configuration
  readonly plugins: readonly HearthPlugin[]
  readonly migrations: readonly MigrationLine[]
  readonly stateDir: string
  /** Address of the operator's own PostgreSQL; undefined: the embedded one. */
  readonly connection: string | undefined
}

/** Options that the daemon and every tool take. */
function withConfigFile(program: Program): Program {
  // One list for both: what comes later on the command line wins.
  const files: (string | ConfigFolder)[] = []
  const add = (file: string | ConfigFolder): typeof files => {
    files.push(file)
    return files
  }
  return program
    .option('--config-file <file>', 'an INI file to read; may be given several times, later ones win', add)
    .option('--config-dir <folder>', 'a folder whose *.conf are read in the order of their names', folder =>
      add({ folder }),
    )
    .addHelpText(
      'after',
      '\nAny option may be given as --SECTION:option=value, or as HEARTH__SECTION__option in the environment.\nHEARTH_CONFIG_FILE names INI files too, HEARTH_CONFIG_DIR folders of them.',
    )
}

/** The files and folders that the command line names, in its order. */
export function givenFiles(program: Program): Sources['files'] {
  const { configFile, configDir } = program.opts<{ configFile?: Sources['files']; configDir?: Sources['files'] }>()
  return configFile ?? configDir ?? []
}

/** Takes `--SECTION:option=value` out of the arguments before commander sees them. */
export function splitArguments(argv: readonly string[]): { overrides: string[]; rest: string[] } {
  return parseOverrides(argv)
}

/** @throws ConfigurationError, PluginError */
export async function readRuntime(files: Sources['files'], overrides: readonly string[]): Promise<Runtime> {
  const configuration = new Configuration({ files: configFiles(files, process.env), env: process.env, overrides })
  const plugins = await importPlugins(configuration.get(pluginsOption), import.meta.url)
  configuration.declare(optionsOf(plugins))
  const path = configuration.get(statePath)
  return {
    configuration,
    plugins,
    migrations: migrationsOf(plugins),
    stateDir: isAbsolute(path) ? path : resolve(home, path),
    connection: configuration.get(databaseConnection)?.replace(/^postgres(ql)?(\+\w+)?:/, 'postgresql:'),
  }
}

/** The same with more plugins than the configuration names. @throws ConfigurationError, PluginError */
export async function withPlugins(runtime: Runtime, names: readonly string[]): Promise<Runtime> {
  const known = new Set(runtime.plugins)
  const added = (await importPlugins(names, import.meta.url)).filter(plugin => !known.has(plugin))
  runtime.configuration.declare(optionsOf(added))
  return {
    ...runtime,
    plugins: [...runtime.plugins, ...added],
    migrations: [...runtime.migrations, ...migrationLinesOf(added)],
  }
}

/**
 * The operator's key, or one that the daemon makes once and keeps in its state folder.
 * @throws Error where the database has a key already and there is none here: another one would be of no use
 */
export async function encryptionKey({ configuration, stateDir }: Runtime, db: Queryable): Promise<string> {
  const given = configuration.get(authEncryptionKey)
  if (given !== undefined) return given
  const file = join(stateDir, 'encryption.key')
  if (!existsSync(file)) {
    if (await encryptionKeys.known(db)) {
      throw new Error(
        `The secrets in the database are encrypted with a key that is not here: there is no ${file}, and [DEFAULT] auth_encryption_key is not set. Put the file back from a backup, or give the key by the option. If it is lost, what is encrypted is, too; hearth-manage db forget-key lets another one in.`,
      )
    }
    mkdirSync(stateDir, { recursive: true })
    writeFileSync(file, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  }
  return readFileSync(file, 'utf8').trim()
}

export const newProgram = (name: string, description: string): Program =>
  withConfigFile(new Command(name).description(description))
