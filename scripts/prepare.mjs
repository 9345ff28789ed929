/**
 * Makes the tree ready to run: packages installed as the lockfile says, sources compiled, nothing left of deleted ones.
 * Silent and quick when there is nothing to do. Uses nothing but Node, because nothing else is there yet.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const oldestNode = 20
const installMinutes = 15
const buildMinutes = 5

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stamp = join(root, 'node_modules', '.hearth-installed')
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
const lock = join(root, 'dist', '.prepare.lock')
const buildInfo = join(root, 'scripts', 'dist', '.tsbuildinfo')

let child

try {
  checkNode()
  await takeLock()
  process.on('exit', () => rmSync(lock, { recursive: true, force: true }))
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ])
    process.on(signal, () => {
      child?.kill(signal)
      process.exit(128 + number)
    })
  await install()
  await build()
} catch (error) {
  say(error.message)
  process.exitCode = 1
}

function checkNode() {
  if (Number.parseInt(process.versions.node, 10) >= oldestNode) return
  throw new Error(`Node ${process.versions.node} is too old; expected ${oldestNode} or newer.`)
}

/** Installs if this lockfile, Node and machine are not the ones of the last complete installation. */
async function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${process.versions.modules} ${process.platform} ${process.arch}`)
    .digest('hex')
  const installed = readIfThere(stamp)
  if (installed === wanted && existsSync(compiler)) return
  say(
    installed === undefined ? 'installing packages (first start)…' : 'installing packages (package-lock.json changed)…',
  )
  const npm = npmCommand()
  // The compiler is among the development packages, the database server among the optional ones.
  const args = [...npm.args, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  const code = await run(npm.command, args, { env: outerEnvironment(), minutes: installMinutes })
  if (code !== 0) throw new Error(`npm ci failed (${code}); see above. Run it again when the cause is gone.`)
  writeFileSync(stamp, wanted)
}

async function build() {
  const first = !existsSync(buildInfo)
  const announce = () => say(first ? 'compiling (first start)…' : 'compiling…')
  // Most starts have nothing to compile, and then nothing to tell.
  const later = first ? announce() : setTimeout(announce, 500)
  const args = [compiler, '-b', ...(process.stderr.isTTY ? ['--pretty'] : [])]
  const code = await run(process.execPath, args, { env: process.env, minutes: buildMinutes })
  clearTimeout(later)
  if (code !== 0) throw new Error('the sources do not compile; see above.')
  removeOrphans()
}

/** `tsc -b` leaves what it made of a source that is gone, and a test among it would go on running. */
function removeOrphans() {
  const { references } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))
  for (const { path } of references) {
    const [dist, src] = [join(root, path, 'dist'), join(root, path, 'src')]
    for (const file of filesBelow(dist)) {
      const [, module] = /^(.*?)(?:\.js|\.js\.map|\.d\.ts|\.d\.ts\.map)$/.exec(relative(dist, file)) ?? []
      if (module === undefined || existsSync(join(src, `${module}.ts`))) continue
      rmSync(file, { force: true })
      removeEmpty(dirname(file), dist)
    }
  }
}

function* filesBelow(folder) {
  if (!existsSync(folder)) return
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path)
    else yield path
  }
}

function removeEmpty(folder, stop) {
  if (folder === stop || readdirSync(folder).length > 0) return
  rmdirSync(folder)
  removeEmpty(dirname(folder), stop)
}

/** Two starts at once take turns. A lock of a process that is gone is taken over. */
async function takeLock() {
  mkdirSync(dirname(lock), { recursive: true })
  const deadline = Date.now() + (installMinutes + buildMinutes) * 60_000
  for (let told = false; ; told = true) {
    try {
      mkdirSync(lock)
      return writeFileSync(join(lock, 'pid'), `${process.pid}`)
    } catch (error) {
      if (error.code !== 'EEXIST') throw new Error(`${lock} cannot be made: ${error.message}.`)
    }
    const owner = readIfThere(join(lock, 'pid'))
    if (isStale(owner)) {
      discard(owner)
      continue
    }
    if (Date.now() > deadline) throw new Error(`process ${owner} still holds ${lock}; end it, or remove that folder.`)
    if (!told) say(`waiting for process ${owner ?? '(unknown)'}, which installs or compiles…`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

/** Without a pid in it a lock is younger than its owner's next line, or the owner died right there. */
function isStale(owner) {
  if (!owner) return (ageOf(lock) ?? 0) > 5000
  try {
    process.kill(Number(owner), 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

/** Moves the lock aside before removing it, and puts it back if it was another's by then. */
function discard(owner) {
  const aside = `${lock}.${process.pid}`
  try {
    renameSync(lock, aside)
    if (readIfThere(join(aside, 'pid')) === owner) rmSync(aside, { recursive: true, force: true })
    else renameSync(aside, lock)
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
}

/** npm tells inner npms which workspace and script they run in; that is not for this one. */
function outerEnvironment() {
  const inner = /^npm_(package_|lifecycle_|config_(workspace|omit|include|production|dry_run|ignore_scripts|prefix))/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !inner.test(name) && name !== 'NODE_ENV'))
}

/** The npm that runs this script, or else the one in PATH. */
function npmCommand() {
  const path = process.env.npm_execpath
  return path !== undefined && basename(path) === 'npm-cli.js'
    ? { command: process.execPath, args: [path] }
    : { command: 'npm', args: [] }
}

/** Runs a command in the tree, its output on stderr; answers its exit code, or the signal that ended it. */
function run(command, args, { env, minutes }) {
  return new Promise((resolve, reject) => {
    child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 2, 2], timeout: minutes * 60_000 })
    child.on('error', error => reject(new Error(`${command} cannot be run: ${error.message}.`)))
    child.on('exit', (code, signal) => {
      child = undefined
      resolve(code ?? signal)
    })
  })
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

function ageOf(path) {
  try {
    return Date.now() - statSync(path).mtimeMs
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

function say(text) {
  process.stderr.write(`hearth: ${text}\n`)
}
