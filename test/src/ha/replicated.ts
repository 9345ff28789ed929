import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '@hearth/conformance'
import { freePort, type Supervised } from '@hearth/db'
import pg from 'pg'
import { haproxyConfiguration, type Node, type Pace, patroniConfiguration } from './configuration.js'
import type { Programs } from './programs.js'
import { ordinaryUser, ServerProcess, type User } from './server.js'

const startMs = 90_000
const answerMs = 2_000
const switchMs = 120_000
const host = '127.0.0.1'
/** A write that leaves no row, and is awaited by the synchronous standby like any other. */
const probe = `SELECT pg_logical_emit_message(true, 'probe', '')`

export interface Member {
  readonly name: string
  readonly role: string
  readonly state: string
  readonly timeline: number | undefined
}

/** PostgreSQL on several nodes: Patroni and etcd choose the primary, HAProxy leads to it. All on this machine. */
export class ReplicatedPostgres implements Supervised {
  private readonly patronis = new Map<string, ServerProcess>()
  private readonly nodes: Node[] = []
  private etcd: ServerProcess | undefined
  private haproxy: ServerProcess | undefined
  private etcdPort = 0
  private port = 0
  private readonly user: User
  private readonly password = randomBytes(16).toString('hex')
  private readonly lastResort = (): void => this.kill()

  private constructor(
    /** Everything of it lies here. */
    private readonly folder: string,
    private readonly programs: Programs,
    private readonly pace: Pace,
  ) {
    this.user = ordinaryUser()
    process.prependOnceListener('exit', this.lastResort)
  }

  /** @returns a cluster with a synchronous standby, and a database `hearth` that is empty. */
  static async start(folder: string, programs: Programs, nodes: number, pace: Pace): Promise<ReplicatedPostgres> {
    const cluster = new ReplicatedPostgres(folder, programs, pace)
    try {
      await cluster.bringUp(nodes)
      return cluster
    } catch (error) {
      await cluster.stop()
      throw error
    }
  }

  /** Through HAProxy. */
  get url(): string {
    return this.urlAt(this.port)
  }

  private urlAt(port: number): string {
    return `postgresql://hearth:${this.password}@${host}:${port}/hearth`
  }

  private async bringUp(count: number): Promise<void> {
    this.makeFolder('')
    this.etcdPort = await freePort()
    this.port = await freePort()
    for (let index = 1; index <= count; index++) {
      const name = `node${index}`
      const [postgresPort, restPort] = [await freePort(), await freePort()]
      this.nodes.push({ name, postgresPort, restPort, dataDir: join(this.folder, name) })
    }
    await this.startEtcd()
    for (const node of this.nodes) this.startPatroni(node)
    this.startHaproxy()
    const [first = this.patronis.values().next().value] = this.patronis.values()
    await first?.ready('a primary with a synchronous standby', startMs, async () => {
      const members = await this.members().catch(() => [])
      const streaming = members.filter(({ role, state }) => role !== 'leader' && /running|streaming/.test(state))
      const whole = members.some(({ role }) => role === 'sync_standby') && streaming.length === count - 1
      return whole ? true : undefined
    })
    const admin = `postgresql://postgres:${this.password}@${host}:${this.port}/postgres`
    await this.haproxy?.ready('the way through HAProxy', startMs, async () => {
      try {
        await query(admin, `CREATE ROLE hearth LOGIN PASSWORD '${this.password}'`)
        return true
      } catch {
        return undefined
      }
    })
    await query(admin, 'CREATE DATABASE hearth OWNER hearth')
  }

  private makeFolder(name: string): string {
    const path = join(this.folder, name)
    mkdirSync(path, { recursive: true, mode: 0o700 })
    if (process.getuid?.() === 0) chownSync(path, this.user.uid, this.user.gid)
    return path
  }

  private write(name: string, content: string): string {
    const path = join(this.folder, name)
    writeFileSync(path, content, { mode: 0o600 })
    if (process.getuid?.() === 0) chownSync(path, this.user.uid, this.user.gid)
    return path
  }

  private run(name: string, command: readonly string[]): ServerProcess {
    return ServerProcess.start(name, command, this.user, join(this.folder, `${name}.log`))
  }

  private async startEtcd(): Promise<void> {
    const [client, peer] = [`http://${host}:${this.etcdPort}`, `http://${host}:${await freePort()}`]
    this.etcd = this.run('etcd', [
      this.programs.etcd,
      '--name=etcd',
      `--data-dir=${this.makeFolder('etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=etcd=${peer}`,
    ])
    await this.etcd.ready(
      'etcd to be healthy',
      startMs,
      async () => (await answerOf(`${client}/health`))?.ok || undefined,
    )
  }

  private startPatroni(node: Node): void {
    const { etcdPort, password, pace, programs } = this
    const configuration = patroniConfiguration({
      ...node,
      etcdPort,
      password,
      pace,
      postgresBin: programs.postgres,
      runDir: this.folder,
    })
    const file = this.write(`${node.name}.yml`, configuration)
    this.patronis.set(node.name, this.run(node.name, [programs.patroni, file]))
  }

  private startHaproxy(): void {
    const file = this.write('haproxy.cfg', haproxyConfiguration(this.port, this.nodes))
    this.haproxy = this.run('haproxy', [this.programs.haproxy, '-db', '-f', file])
  }

  /** What Patroni says of its nodes. @throws Error if none of them answers */
  async members(): Promise<Member[]> {
    for (const { restPort } of this.nodes) {
      const answer = await answerOf(`http://${host}:${restPort}/cluster`)
      if (answer?.ok === true) return ((await answer.json()) as { members: Member[] }).members
    }
    throw new Error('no Patroni answers')
  }

  /** The node whose Patroni says that it is the primary; undefined: none does. */
  async primary(): Promise<string | undefined> {
    const answers = await Promise.all(
      this.nodes.map(async ({ name, restPort }) =>
        (await answerOf(`http://${host}:${restPort}/primary`))?.status === 200 ? name : undefined,
      ),
    )
    return answers.find(name => name !== undefined)
  }

  /** Whether a transaction that writes commits in time, through HAProxy. @throws why it does not */
  async commits(withinMs: number): Promise<boolean> {
    await query(this.url, probe, withinMs)
    return true
  }

  /** Whether one commits on any of the nodes, whoever is led there. @throws why it does not */
  async anyCommits(withinMs: number): Promise<boolean> {
    await Promise.any(this.nodes.map(({ postgresPort }) => query(this.urlAt(postgresPort), probe, withinMs)))
    return true
  }

  /** Hands the place of the primary to the synchronous standby, as an operator would. @returns who has it now */
  async switchOver(): Promise<string> {
    const members = await this.members()
    const leader = members.find(({ role }) => role === 'leader')?.name
    const candidate = members.find(({ role }) => role === 'sync_standby')?.name
    const { restPort } = this.nodes.find(({ name }) => name === leader) ?? { restPort: 0 }
    const answer = await fetch(`http://${host}:${restPort}/switchover`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ leader, candidate }),
      signal: AbortSignal.timeout(switchMs),
    })
    if (!answer.ok) throw new Error(`the switch-over from ${leader} to ${candidate} failed: ${await answer.text()}`)
    return until(`${candidate} to be the primary`, switchMs, async () =>
      (await this.primary()) === candidate ? candidate : undefined,
    )
  }

  /** Kills Patroni and the whole PostgreSQL of the primary. @returns who it was */
  async killPrimary(): Promise<string> {
    const name = await until('a primary to kill', switchMs, () => this.primary())
    this.patronis.get(name)?.kill()
    this.killPostgres(name)
    return name
  }

  /** The node comes back, as a standby. */
  async startAgain(name: string): Promise<void> {
    const node = this.nodes.find(one => one.name === name)
    if (node === undefined || this.patronis.get(name)?.running === true) return
    this.startPatroni(node)
    await this.patronis.get(name)?.ready(`${name} to be a standby`, startMs, async () => {
      const members = await this.members().catch(() => [])
      const back = members.some(one => one.name === name && /running|streaming/.test(one.state))
      return back ? true : undefined
    })
  }

  private killPostgres(name: string): void {
    const file = join(this.folder, name, 'postmaster.pid')
    if (!existsSync(file)) return
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
    for (const one of [pid, ...childrenOf(pid)]) {
      try {
        process.kill(one, 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
    }
  }

  /** At once, while our own process ends and cannot wait. */
  private kill(): void {
    for (const patroni of this.patronis.values()) patroni.kill()
    for (const { name } of this.nodes) this.killPostgres(name)
    this.haproxy?.kill()
    this.etcd?.kill()
  }

  /** Ends everything and removes it; logs stay in the folder. */
  async stop(): Promise<void> {
    await Promise.all([...this.patronis.values()].map(patroni => patroni.stop()))
    await Promise.all([this.haproxy?.stop(), this.etcd?.stop()])
    // Of a node whose Patroni was killed, and of one that took too long.
    this.kill()
    process.off('exit', this.lastResort)
    for (const { name, dataDir } of this.nodes) {
      rmSync(dataDir, { recursive: true, force: true })
      for (const end of ['yml', 'pgpass']) rmSync(join(this.folder, `${name}.${end}`), { force: true })
    }
    rmSync(join(this.folder, 'etcd'), { recursive: true, force: true })
  }
}

function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number) : []
}

async function answerOf(url: string): Promise<Response | undefined> {
  return fetch(url, { signal: AbortSignal.timeout(answerMs) }).catch(() => undefined)
}

async function query(url: string, sql: string, withinMs = startMs): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: answerMs, query_timeout: withinMs })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query(sql)
  } finally {
    void client.end().catch(() => undefined)
  }
}
