import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const checkout = fileURLToPath(new URL('../../../', import.meta.url))
/** Where they lie in the folder of the plugin. */
const place = 'hearth'
const packMs = 120_000

interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly workspaces?: readonly string[]
}

/**
 * In a checkout: packs Hearth's packages for a plugin in `folder`, which finds them nowhere else.
 * @returns what it depends on, by name; nothing in an installed Hearth, beside which the plugin is installed
 * @throws Error with what npm says
 */
export function packHearth(folder: string): Readonly<Record<string, string>> {
  if (!existsSync(join(checkout, 'examples'))) return {}
  const workspaces = (manifestOf('.').workspaces ?? []).filter(path => !path.startsWith('examples/'))
  const packages = workspaces.filter(path => manifestOf(path).private !== true)
  mkdirSync(join(folder, place), { recursive: true })
  execFileSync(
    'npm',
    ['pack', '--silent', `--pack-destination=${join(folder, place)}`, ...packages.flatMap(path => ['-w', path])],
    { cwd: checkout, env: withoutNpm(), timeout: packMs, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  return Object.fromEntries(
    packages.map(manifestOf).map(({ name, version }) => [name, `file:${place}/${archiveOf(name, version)}`]),
  )
}

/** As npm names it: `hearth-core-0.1.0.tgz`. */
const archiveOf = (name: string, version: string): string => `${name.replace('@', '').replace('/', '-')}-${version}.tgz`

const manifestOf = (path: string): Manifest => JSON.parse(readFileSync(join(checkout, path, 'package.json'), 'utf8'))

/** What npm tells the commands that it starts would be settings for this one. */
const withoutNpm = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')))
