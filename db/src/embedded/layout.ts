import { resolve } from 'node:path'

/** Where things lie in a state folder; absolute, since the server runs in another folder than we do. */
export const paths = (stateDir: string) => ({
  data: resolve(stateDir, 'postgres'),
  password: resolve(stateDir, 'postgres.password'),
  log: resolve(stateDir, 'postgres.log'),
  /** What is being made, until it is whole; named after the process that makes it. */
  unfinishedData: resolve(stateDir, `postgres.new-${process.pid}`),
  unfinishedPassword: resolve(stateDir, `postgres.init-${process.pid}`),
})

/** The process that made an entry of a state folder and did not finish it, if it is such an entry. */
export function makerOf(entry: string): number | undefined {
  const match = /^postgres\.(?:new|init)-(\d+)$/.exec(entry)
  return match === null ? undefined : Number(match[1])
}
