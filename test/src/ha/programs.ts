import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where the programs are that make up a PostgreSQL with high availability. */
export interface Programs {
  readonly etcd: string
  readonly patroni: string
  readonly haproxy: string
  /** The folder of `postgres`, `initdb`, `pg_basebackup` and `pg_rewind`. */
  readonly postgres: string
}

/** Program, and the Debian package that has it. */
const packages = { etcd: 'etcd-server', patroni: 'patroni', haproxy: 'haproxy', postgres: 'postgresql' } as const
const oldestPostgres = 15
const debianPostgres = '/usr/lib/postgresql'
/** Asked before a package's service is started; 101 forbids it. */
const policy = '/usr/sbin/policy-rc.d'
const installMs = 300_000

/** The programs, as far as they are here. */
export function findPrograms(): Partial<Programs> {
  const { PATH = '' } = process.env
  const folders = [...PATH.split(delimiter), '/usr/bin', '/usr/sbin', '/usr/local/bin']
  const find = (name: string): string | undefined =>
    folders.map(folder => join(folder, name)).find(path => existsSync(path))
  const postgres = postgresFolder()
  const found = { etcd: find('etcd'), patroni: find('patroni'), haproxy: find('haproxy'), postgres }
  return Object.fromEntries(Object.entries(found).filter(([, path]) => path !== undefined))
}

function postgresFolder(): string | undefined {
  if (!existsSync(debianPostgres)) return undefined
  const newest = readdirSync(debianPostgres)
    .filter(version => Number(version) >= oldestPostgres)
    .sort((a, b) => Number(b) - Number(a))
  return newest.map(version => join(debianPostgres, version, 'bin')).find(path => existsSync(join(path, 'postgres')))
}

/** Debian packages whose programs are not here. */
export const missingPackages = (found: Partial<Programs>): string[] =>
  Object.entries(packages).flatMap(([program, name]) => (program in found ? [] : [name]))

/**
 * Installs what is missing, where we are root and there is apt-get. No service of the packages is started.
 * @throws Error that names what is missing
 */
export function installedPrograms(say: (text: string) => void): Programs {
  const missing = missingPackages(findPrograms())
  if (missing.length > 0 && process.getuid?.() === 0) {
    say(`installing ${missing.join(', ')}`)
    install(missing)
  }
  const found = findPrograms()
  const still = missingPackages(found)
  if (still.length === 0) return found as Programs
  throw new Error(
    `Not installed here: ${still.join(', ')} (Debian packages). Run as root where apt-get exists, or: apt-get install ${still.join(' ')}`,
  )
}

function install(names: readonly string[]): void {
  const apt = (...args: string[]): boolean =>
    spawnSync('apt-get', args, {
      stdio: 'ignore',
      timeout: installMs,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0
  const forbidsAlready = existsSync(policy)
  if (!forbidsAlready) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    const add = ['install', '-y', '-qq', '--no-install-recommends', ...names]
    if (!apt(...add) && apt('update', '-qq')) apt(...add)
  } finally {
    if (!forbidsAlready) rmSync(policy)
  }
}
