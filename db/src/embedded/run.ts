import { type ChildProcess, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { type Identity, namespaceCommand } from './identity.js'

const commandAs = (identity: Identity, command: readonly string[]): readonly string[] =>
  identity.kind === 'namespace' ? [...namespaceCommand, ...command] : command
const ids = (identity: Identity) => (identity.kind === 'user' ? { uid: identity.uid, gid: identity.gid } : {})
const environment = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' }

/** Runs a command to its end under an identity. */
export function runAs(identity: Identity, command: readonly string[]): SpawnSyncReturns<string> {
  const [program = '', ...args] = commandAs(identity, command)
  return spawnSync(program, args, { ...ids(identity), cwd: '/', env: environment, encoding: 'utf8' })
}

/**
 * Runs a command as long as the pipe on its standard input is held, so that it ends with us whatever ends us.
 * It stands in a process group of its own: Ctrl-C reaches the daemon first, which stops the server when it is done.
 */
const watchdog =
  'exec 3<&0; "$@" </dev/null 3<&- & p=$!; trap "" INT TERM HUP; (read _ <&3; kill -INT $p) & exec 3<&-; wait $p'

/** Starts a server under an identity. It gets SIGINT when the standard input given back is ended. @param out for what it says */
export function spawnAs(identity: Identity, command: readonly string[], out: number): ChildProcess {
  const [program = '', ...args] = commandAs(identity, ['sh', '-c', watchdog, 'postgres', ...command])
  return spawn(program, args, {
    ...ids(identity),
    cwd: '/',
    env: environment,
    detached: true,
    stdio: ['pipe', out, out],
  })
}
