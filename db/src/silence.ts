import { asking } from './aside.js'
import type { Backend, Connection } from './connection.js'

export interface SilenceInput {
  readonly url: string
  /** Milliseconds that an answer is awaited before it is asked what became of it. */
  readonly patienceMs?: number
  readonly warn: (message: string) => void
}

/** How PostgreSQL lists who asks. */
export const askName = 'hearth asks after silent connections'

const usualPatienceMs = 10_000
const answerTimeoutMs = 2_000
/** An answer that the server gave so long ago would have come: longer than any network needs. */
const onTheWaySeconds = 2

interface Owing {
  readonly backend: Backend
  answers: number
  since: number
}

/**
 * The connections that owe an answer. The host at the other end may be gone, or the way to it: then TCP would keep the
 * question for a quarter of an hour, and the pool the connection. So whatever is silent for long is asked after, on a
 * connection of its own: a server that does not know the process of the other end, or knows that it waits for us, will
 * never answer. A server that is at work on the question is left in peace, however long it takes.
 */
export class Silence {
  private readonly owing = new Map<Connection, Owing>()
  private readonly patienceMs: number
  private readonly timer: NodeJS.Timeout
  private asking = false

  constructor(private readonly input: SilenceInput) {
    this.patienceMs = input.patienceMs ?? usualPatienceMs
    this.timer = setInterval(() => void this.askAfter(), this.patienceMs / 2).unref()
  }

  /** A question was sent. @returns to be called when it was answered */
  owes(connection: Connection, backend: Backend): () => void {
    const owing = this.owing.get(connection) ?? { backend, answers: 0, since: performance.now() }
    this.owing.set(connection, owing)
    owing.answers += 1
    return () => {
      owing.answers -= 1
      owing.since = performance.now()
      if (owing.answers === 0) this.owing.delete(connection)
    }
  }

  close(): void {
    clearInterval(this.timer)
  }

  private async askAfter(): Promise<void> {
    const before = performance.now() - this.patienceMs
    const silent = [...this.owing].filter(([, { since }]) => since < before)
    if (silent.length === 0 || this.asking) return
    this.asking = true
    try {
      const asked = performance.now()
      const working = await this.working(silent.map(([, { backend }]) => backend.pid))
      // Nobody answers: then nobody knows.
      if (working === undefined) return
      for (const [connection, { backend, since }] of silent) {
        const answeredSince = this.owing.get(connection) === undefined || since > asked
        if (!answeredSince && !working.has(keyOf(backend))) this.giveUp(connection)
      }
    } finally {
      this.asking = false
    }
  }

  private giveUp(connection: Connection): void {
    this.input.warn('a connection to the database will never answer: its other end is gone; it is given up')
    const error = Object.assign(new Error('Connection terminated: its other end is gone'), { code: 'ETIMEDOUT' })
    connection.connection.stream.destroy(error)
  }

  /** Those of the server's processes that are at work; undefined: the server does not answer, or is no primary. */
  private async working(pids: readonly number[]): Promise<Set<string> | undefined> {
    try {
      const rows = await asking({ url: this.input.url, name: askName, timeoutMs: answerTimeoutMs }, async client => {
        const found = await client.query<Backend & { primary: boolean; working: boolean }>(workingOf, [
          pids,
          onTheWaySeconds,
        ])
        return found.rows
      })
      if (rows[0]?.primary !== true) return undefined
      return new Set(rows.filter(({ working }) => working).map(keyOf))
    } catch {
      return undefined
    }
  }
}

const keyOf = ({ pid, began }: Backend): string => `${pid} ${began}`

/** Of the processes $1; always one row at least. $2: seconds that an answer may be on its way. */
const workingOf = `SELECT NOT pg_is_in_recovery() AS primary, a.pid, extract(epoch FROM a.backend_start)::text AS began,
    coalesce(a.state NOT LIKE 'idle%' OR a.state_change > clock_timestamp() - make_interval(secs => $2), a.pid IS NOT NULL)
      AS working
  FROM (VALUES (1)) AS one LEFT JOIN pg_stat_activity a ON a.pid = ANY($1::int[])`
