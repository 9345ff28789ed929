import { type HearthDatabase, type Workload, workload } from '@hearth/db'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Clock, Engine, Figure, Prepared, Queryable } from '../plugin/index.js'
import { unserved } from './unserved.js'

/** A scrape waits so long for the database, in milliseconds; then it goes without what the database knows. */
const patienceMs = 3_000
/** The database gives up by then: nobody waits for it any more. */
const statementMs = 2_000

/** Seconds: from a step that writes a row to one that waits for a cloud. */
const stepBuckets = [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 300, 1800]
const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export interface MetricsParts {
  readonly db: HearthDatabase
  readonly engines: () => readonly Engine[]
  readonly clock: Pick<Clock, 'after'>
}

/** What of the database is told: of all daemons that share it, and of each engine. */
interface Shared {
  readonly load: Workload
  readonly figures: readonly (readonly [engine: string, figures: readonly Figure[]])[]
}

/** Figures of this process, and at each scrape those of what all daemons share, in Prometheus' text format. */
export class Metrics {
  private readonly own = new Registry()
  private readonly running: Gauge<'step'>
  private readonly steps: Histogram<'step' | 'end'>
  private readonly requests: Histogram<'method' | 'status'>
  private reading: Promise<Shared | undefined> | undefined

  constructor(private readonly parts: MetricsParts) {
    const registers = [this.own]
    this.running = new Gauge({
      name: 'hearth_steps_running',
      help: 'Calls of resource types under way in this process, those apart that touch rows only',
      labelNames: ['step'],
      registers,
    })
    this.steps = new Histogram({
      name: 'hearth_step_duration_seconds',
      help: 'Calls of resource types that have ended in this process, those apart that touch rows only, and how',
      labelNames: ['step', 'end'],
      buckets: stepBuckets,
      registers,
    })
    this.requests = new Histogram({
      name: 'hearth_http_request_duration_seconds',
      help: 'Requests of the API that were answered by this process',
      labelNames: ['method', 'status'],
      buckets: requestBuckets,
      registers,
    })
  }

  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE

  /** From now on also the memory, the processor time and the event loop of the process. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.own })
  }

  requested(method: string, status: number, seconds: number): void {
    this.requests.observe({ method, status }, seconds)
  }

  /** The same step, whose calls are counted and measured. What touches rows only ends with its batch: that says nothing. */
  measured(prepared: Prepared): Prepared {
    if (prepared.effectless) return prepared
    const { step } = prepared.task
    return {
      ...prepared,
      run: async (signal, save) => {
        const labels = { step }
        this.running.inc(labels)
        const ended = this.steps.startTimer(labels)
        let end = 'interrupted'
        try {
          const result = await prepared.run(signal, save)
          end = result.end.kind
          return result
        } finally {
          this.running.dec(labels)
          ended({ end })
        }
      },
    }
  }

  /** One scrape. It asks the database once, however many ask at the same time, and does not wait for it for long. */
  async text(): Promise<string> {
    this.reading ??= this.read().finally(() => {
      this.reading = undefined
    })
    const shared = await this.reading
    return Registry.merge([this.own, this.now(shared)]).metrics()
  }

  private async read(): Promise<Shared | undefined> {
    const { clock, db, engines } = this.parts
    let cancel = (): void => undefined
    const late = new Promise<undefined>(resolve => {
      cancel = clock.after(patienceMs, () => resolve(undefined))
    })
    const read = db.transaction(async tx => {
      const [, load, ...figures] = await Promise.all([
        tx.query(`SET LOCAL statement_timeout = ${statementMs}`),
        workload(tx),
        ...engines().map(async engine => [engine.name, await figuresOf(engine, tx)] as const),
      ])
      return { load, figures }
    })
    try {
      return await Promise.race([read.catch(() => undefined), late])
    } finally {
      cancel()
    }
  }

  /** What is so at this moment. */
  private now(shared: Shared | undefined): Registry {
    const registry = new Registry()
    const { using, idle, waiting, most } = this.parts.db.connections
    gauge(registry, 'hearth_database_up', 'Whether the database has answered this scrape', [
      { value: shared === undefined ? 0 : 1 },
    ])
    gauge(registry, 'hearth_database_connections', 'Connections of the pool of this process', [
      { labels: { state: 'used' }, value: using },
      { labels: { state: 'idle' }, value: idle },
    ])
    gauge(registry, 'hearth_database_connections_max', 'Connections that the pool may have', [{ value: most }])
    gauge(registry, 'hearth_database_waiting', 'What waits for a connection of the pool', [{ value: waiting }])
    if (shared === undefined) return registry
    const { load, figures } = shared
    const alive = load.workers.filter(worker => worker.alive).length
    gauge(registry, 'hearth_workers', 'Workers on this database', [
      { labels: { state: 'up' }, value: alive },
      { labels: { state: 'down' }, value: load.workers.length - alive },
    ])
    gauge(
      registry,
      'hearth_stacks_in_progress',
      'Stacks with an operation under way or accepted, those inside of others too, on this database',
      load.stacks.map(({ engine, action, count }) => ({ labels: { engine, action }, value: count })),
    )
    gauge(
      registry,
      'hearth_stacks_without_worker',
      'Those of them that wait because no worker that is up has their engine',
      unserved(load).map(({ engine, stacks }) => ({ labels: { engine }, value: stacks })),
    )
    for (const [engine, ofEngine] of figures) for (const figure of ofEngine) add(registry, engine, figure)
    return registry
  }
}

const figuresOf = async (engine: Engine, on: Queryable): Promise<readonly Figure[]> =>
  (await engine.figures?.(on)) ?? []

const gauge = (registry: Registry, name: string, help: string, values: Figure['values']): void =>
  collect(registry, name, { name, help, kind: 'gauge', values })

const add = (registry: Registry, engine: string, figure: Figure): void =>
  collect(registry, `hearth_${engine.replaceAll('-', '_')}_${figure.name}`, figure)

function collect(registry: Registry, name: string, { help, kind, values }: Figure): void {
  const labelNames = [...new Set(values.flatMap(({ labels }) => Object.keys(labels ?? {})))]
  const settings = { name, help, labelNames, registers: [registry] }
  if (kind === 'gauge') {
    const metric = new Gauge(settings)
    for (const { labels = {}, value } of values) metric.set(labels, value)
  } else {
    const metric = new Counter(settings)
    for (const { labels = {}, value } of values) metric.inc(labels, value)
  }
}
