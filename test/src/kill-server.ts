import { runningServer } from '@hearth/db'

/** Kills the PostgreSQL that runs on a state folder. @throws Error if none does. */
export function killServer(stateDir: string): void {
  const server = runningServer(stateDir)
  if (server === undefined) throw new Error(`no PostgreSQL runs on ${stateDir}`)
  process.kill(server.pid, 'SIGKILL')
}
