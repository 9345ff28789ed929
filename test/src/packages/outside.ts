import { execFile } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../../', import.meta.url))
const manage = join(root, 'scripts', 'bin', 'hearth-manage.js')
const minutes = 5

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, unknown>>
  readonly workspaces?: readonly string[]
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** What those who write a plugin in TypeScript install beside Hearth. */
const tools = ['typescript', 'mocha', 'chai', '@types/node', '@types/mocha', '@types/chai']

/** A folder outside of the repository, with the house's packages installed as npm has packed them. */
export class Outside {
  private constructor(readonly folder: string) {}

  static async make(): Promise<Outside> {
    const folder = mkdtempSync(join(tmpdir(), 'hearth-packed-'))
    const outside = new Outside(folder)
    try {
      const archives = await pack(join(folder, 'archives'))
      const { devDependencies = {} } = manifestOf(root)
      writeFileSync(
        join(folder, 'package.json'),
        JSON.stringify({
          name: 'outside',
          private: true,
          type: 'module',
          devDependencies: Object.fromEntries(tools.map(name => [name, devDependencies[name]])),
        }),
      )
      await outside.install(...archives)
      return outside
    } catch (error) {
      outside.remove()
      throw error
    }
  }

  /** The folder of a new plugin, written by the checkout, as its author has it after `npm install`. */
  static async written(name: string): Promise<Outside> {
    const outside = new Outside(mkdtempSync(join(tmpdir(), 'hearth-written-')))
    try {
      await outside.run(process.execPath, [manage, 'plugin', 'new', name, '--folder', outside.folder])
      await outside.install()
      return outside
    } catch (error) {
      outside.remove()
      throw error
    }
  }

  private async install(...packages: string[]): Promise<void> {
    linkThirdParties(this.folder)
    await this.run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--loglevel=error', ...packages])
  }

  /** The installed packages of the house, with the modules that each exports. */
  exports(): string[] {
    return publicPackages().flatMap(path => {
      const { name, exports = {} } = manifestOf(join(this.folder, 'node_modules', manifestOf(join(root, path)).name))
      return Object.keys(exports).map(entry => `${name}${entry.slice(1)}`)
    })
  }

  /** Runs a command there. @returns what it prints. @throws Error with what it has printed if it fails */
  async run(command: string, args: readonly string[], folder = this.folder): Promise<string> {
    const program = join(this.folder, 'node_modules', '.bin', command)
    try {
      const { stdout } = await run(existsSync(program) ? program : command, args, {
        cwd: folder,
        env: { ...outerEnvironment(), HEARTH_DAEMON: join(this.folder, 'node_modules', '.bin', 'hearth') },
        timeout: minutes * 60_000,
        maxBuffer: 10_000_000,
      })
      return stdout
    } catch (error) {
      const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string }
      throw new Error(`${message}\n${stdout}\n${stderr}`)
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

async function pack(destination: string): Promise<string[]> {
  mkdirSync(destination)
  const chosen = publicPackages().flatMap(path => ['-w', path])
  await run('npm', ['pack', '--silent', `--pack-destination=${destination}`, ...chosen], {
    cwd: root,
    env: outerEnvironment(),
  })
  return readdirSync(destination).map(name => join(destination, name))
}

const publicPackages = (): string[] =>
  (manifestOf(root).workspaces ?? []).filter(path => manifestOf(join(root, path)).private !== true)

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

/** What the lockfile says of others is here already: npm finds it in its place, and asks no registry. */
function linkThirdParties(folder: string): void {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { link?: boolean }>
  }
  for (const [path, { link }] of Object.entries(packages)) {
    if (path.startsWith('node_modules/') && link !== true && existsSync(join(root, path)))
      linkTree(join(root, path), join(folder, path))
  }
}

/** Hard links, which cost next to nothing; copies where the folder is on another disk. */
function linkTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) linkTree(source, target)
    else if (!existsSync(target)) {
      try {
        linkSync(source, target)
      } catch {
        copyFileSync(source, target)
      }
    }
  }
}

/** Without what npm, and the run of the tests, tell their children. */
const outerEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|HEARTH_)/.test(name)))
