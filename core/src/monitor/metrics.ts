import type { HearthDatabase } from '@hearth/db'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Figure, Prepared } from '../plugin/index.js'
import { type Shared, SharedFigures, type SharedParts } from './shared-figures.js'
import { unserved } from './unserved.js'

/** Seconds: from a step that writes a row to one that waits for a cloud. */
const stepBuckets = [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 300, 1800]
const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export interface MetricsParts extends SharedParts {
  readonly db: HearthDatabase
}

/** Figures of this process, and at each scrape those of what all daemons share, in Prometheus' text format. */
export class Metrics {
  private readonly own = new Registry()
  private readonly running: Gauge<'step'>
  private readonly steps: Histogram<'step' | 'end'>
  private readonly requests: Histogram<'method' | 'status'>
  private readonly shared: SharedFigures

  constructor(private readonly parts: MetricsParts) {
    this.shared = new SharedFigures(parts)
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

  /** One scrape. It does not wait for the database for long. */
  async text(): Promise<string> {
    return Registry.merge([this.own, this.now(await this.shared.now())]).metrics()
  }

  /** What is so at this moment. */
  private now({ up, load, figures }: Shared): Registry {
    const registry = new Registry()
    const { using, idle, waiting, most } = this.parts.db.connections
    gauge(registry, 'hearth_database_up', 'Whether the database has answered this scrape', [{ value: up ? 1 : 0 }])
    gauge(registry, 'hearth_database_connections', 'Connections of the pool of this process', [
      { labels: { state: 'used' }, value: using },
      { labels: { state: 'idle' }, value: idle },
    ])
    gauge(registry, 'hearth_database_connections_max', 'Connections that the pool may have', [{ value: most }])
    gauge(registry, 'hearth_database_waiting', 'What waits for a connection of the pool', [{ value: waiting }])
    for (const [engine, ofEngine] of figures) for (const figure of ofEngine) add(registry, engine, figure)
    if (load === undefined) return registry
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
    return registry
  }
}

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
