/** How Patroni decides who the primary is. Seconds. */
export interface Pace {
  /** How long a primary that says nothing keeps its place. */
  readonly ttl: number
  /** How often each node looks around. */
  readonly loopWait: number
  /** How long etcd and PostgreSQL may take to answer. */
  readonly retryTimeout: number
}

/** Patroni's own defaults, and the fastest that it takes. */
export const paces: Readonly<Record<'default' | 'fast', Pace>> = {
  default: { ttl: 30, loopWait: 10, retryTimeout: 10 },
  fast: { ttl: 20, loopWait: 2, retryTimeout: 5 },
}

export interface Node {
  readonly name: string
  readonly postgresPort: number
  /** Of Patroni's REST API. */
  readonly restPort: number
  readonly dataDir: string
}

export interface PatroniInput extends Node {
  readonly etcdPort: number
  readonly postgresBin: string
  /** For PostgreSQL's socket and password file. */
  readonly runDir: string
  readonly password: string
  readonly pace: Pace
}

const host = '127.0.0.1'

/** Patroni reads YAML, which JSON is. `docs/operators/high-availability.md` has the same for operators. */
export function patroniConfiguration(input: PatroniInput): string {
  const { name, postgresPort, restPort, dataDir, etcdPort, postgresBin, runDir, password, pace } = input
  return JSON.stringify({
    scope: 'hearth',
    name,
    restapi: { listen: `${host}:${restPort}`, connect_address: `${host}:${restPort}` },
    etcd3: { hosts: [`${host}:${etcdPort}`] },
    bootstrap: {
      dcs: {
        ttl: pace.ttl,
        loop_wait: pace.loopWait,
        retry_timeout: pace.retryTimeout,
        synchronous_mode: true,
        synchronous_mode_strict: true,
        postgresql: { use_pg_rewind: true, use_slots: true, parameters: { max_connections: 100 } },
      },
      initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }, 'data-checksums'],
    },
    postgresql: {
      listen: `${host}:${postgresPort}`,
      connect_address: `${host}:${postgresPort}`,
      data_dir: dataDir,
      bin_dir: postgresBin,
      pgpass: `${runDir}/${name}.pgpass`,
      authentication: {
        superuser: { username: 'postgres', password },
        replication: { username: 'replicator', password },
        rewind: { username: 'rewinder', password },
      },
      pg_hba: [`host all all ${host}/32 scram-sha-256`, `host replication replicator ${host}/32 scram-sha-256`],
      parameters: { unix_socket_directories: runDir },
    },
  })
}

/** As Patroni's manual has it: the node whose REST API says that it is the primary gets all connections. */
export const haproxyConfiguration = (port: number, nodes: readonly Node[]): string => `
global
    maxconn 1000

defaults
    mode tcp
    retries 2
    timeout client 30m
    timeout connect 4s
    timeout server 30m
    timeout check 5s

listen postgres
    bind ${host}:${port}
    option httpchk OPTIONS /primary
    http-check expect status 200
    default-server inter 3s fall 3 rise 2 on-marked-down shutdown-sessions
${nodes.map(({ name, postgresPort, restPort }) => `    server ${name} ${host}:${postgresPort} maxconn 100 check port ${restPort}`).join('\n')}
`
