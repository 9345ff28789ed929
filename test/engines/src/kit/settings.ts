/** What a run tests and with what. It lies in the environment, which reaches every process of the run. */
export interface Settings {
  /** `legacy`, `convergence`, or the npm package of an engine, as the working directory sees it; several: by commas.
   *  `legacy>convergence`: stacks are created on the first one, and moved to the second once they are settled. */
  readonly engine: string
  /** The command that starts a daemon, its words parted by spaces. It takes options as `--SECTION:option=value`. Beside
   *  it lies `hearth-manage`. By default the `hearth` that npm has installed in the working directory. */
  readonly daemon?: string
  /** Packages that the daemon loads beside the engine's own, parted by commas. The cases need the types of
   *  `@hearth/heat-resources`, which is the default. */
  readonly plugins?: string
}

/** The environment variables that say so. */
export const environmentOf = ({ engine, daemon, plugins }: Settings): Record<string, string> => ({
  HEARTH_ENGINE: engine,
  ...(daemon === undefined ? {} : { HEARTH_DAEMON: daemon }),
  ...(plugins === undefined ? {} : { HEARTH_PLUGINS: plugins }),
})

/** @throws Error if the environment names no engine. */
export function engineNames(): string[] {
  const names = listed(process.env.HEARTH_ENGINE ?? '')
  if (names.length > 0) return names
  throw new Error('HEARTH_ENGINE is not set: expected legacy, convergence, or the npm package of an engine.')
}

export const daemonCommand = (): string[] => (process.env.HEARTH_DAEMON ?? 'node_modules/.bin/hearth').split(' ')

/** The operator's tool, beside that command. */
export const manageCommand = (): string[] =>
  daemonCommand().map(word => word.replace(/\bhearth(\.js)?$/, 'hearth-manage$1'))

export const pluginsBeside = (): string[] => listed(process.env.HEARTH_PLUGINS ?? '@hearth/heat-resources')

const listed = (text: string): string[] =>
  text
    .split(',')
    .map(word => word.trim())
    .filter(word => word !== '')
