import 'reflect-metadata'
import { limits, roles, stackActionTimeout, yaql } from '@hearth/config'
import { type HearthDatabase, stacks } from '@hearth/db'
import { Container } from 'inversify'
import { EngineRegistry } from '../engine/registry.js'
import { engineOfNewStacks } from '../engine/selection.js'
import { EventDispatcher } from '../event/dispatch.js'
import { EventPruner } from '../event/prune.js'
import { EventSinks } from '../event/sinks.js'
import {
  bindEngineHost,
  Clock,
  type Constraint,
  Database,
  type EventSink,
  type HearthPlugin,
  Lifecycle,
  Logger,
  Options,
  Outcome,
  Plans,
  type ResourceType,
  SoftwareConfigs,
  StandardFormats,
  Workers,
} from '../plugin/index.js'
import { collect, PluginError } from '../plugin/loader.js'
import { NamedConstraints } from '../resource/properties/named-constraints.js'
import { ResourceLifecycle } from '../resource/lifecycle.js'
import { Secrets } from '../resource/secrets/secrets.js'
import type { TypeRegistry } from '../resource/types.js'
import { typeRegistry } from '../resource/types.js'
import { Definitions } from '../stack/definitions.js'
import { SoftwareStore } from '../software/index.js'
import { childEnded, NestedStacks } from '../stack/nested/index.js'
import { isOver } from '../stack/is-over.js'
import { StackOutcome } from '../stack/outcome.js'
import { SignalUrls } from '../stack/signal/signal-urls.js'
import { StackTurns } from '../stack/turns.js'
import { StackPlans } from '../stack/plans.js'
import { withAttributesNow } from '../stack/read/outputs.js'
import { Metrics } from '../monitor/index.js'
import { Formats, type Language, plainFormats, templateResource } from '../template/index.js'
import { agreeOnKey } from './one-key.js'
import { OrphanPurge } from './orphan-purge.js'
import { type HostClock, systemClock } from './clock.js'
import { DatabaseClock } from './database-clock.js'
import { DeletedPurge } from './deleted-purge.js'
import { Outage } from './outage.js'
import { migrationsOf } from './known-migrations.js'
import { SchemaFit } from './schema-fit.js'
import { PublicAddress } from './public-address.js'
import { ownFormatsPlugin, standardFormats } from './own-formats.js'
import { Workforce } from './workforce.js'
import { WorkerRegistry } from './workers.js'

export interface HostInput {
  readonly db: HearthDatabase
  /** What heartbeats are sent on: apart from `db`, they come in time also while all of its connections wait for a lock. */
  readonly pulse?: Database
  readonly options: Options
  readonly plugins: readonly HearthPlugin[]
  readonly log: Logger
  /** What the data of resources is encrypted with. */
  readonly encryptionKey: string
  readonly clock?: HostClock
}

/** Goes on by itself between its start and its stop. */
interface Upkeep {
  start(): void
  stop(): void | Promise<void>
}

/** Everything that is true whichever engine runs, put together. The HTTP server and the tools are built on it. */
export class Host {
  private rests: Promise<void> | undefined

  private constructor(
    readonly db: HearthDatabase,
    readonly options: Options,
    readonly log: Logger,
    readonly clock: DatabaseClock,
    readonly types: TypeRegistry,
    readonly language: Language,
    readonly engines: EngineRegistry,
    readonly turns: StackTurns,
    readonly definitions: Definitions,
    readonly plans: StackPlans,
    readonly secrets: Secrets,
    readonly address: PublicAddress,
    readonly signalUrls: SignalUrls,
    readonly workers: WorkerRegistry,
    readonly outage: Outage,
    readonly schema: SchemaFit,
    /** What workers do beside their engines. */
    private readonly upkeep: readonly Upkeep[],
    /** Who is there to carry out what is accepted, for daemons that accept it. */
    readonly workforce: Workforce,
    readonly metrics: Metrics,
  ) {}

  /**
   * @throws PluginError if a plugin cannot be used, or nobody provides the engine of new stacks; Error for another key
   * than the database's.
   */
  static async build({
    db,
    pulse = db,
    options,
    plugins,
    log: said,
    encryptionKey,
    clock: own = systemClock,
  }: HostInput): Promise<Host> {
    const outage = new Outage(said)
    const log = outage.calmLog
    const secrets = new Secrets(encryptionKey)
    await agreeOnKey(db, secrets)
    const address = new PublicAddress(options)
    const signalUrls = new SignalUrls(encryptionKey, () => address.base)
    const clock = new DatabaseClock(own, db, log)
    const workers = new WorkerRegistry(pulse, options, own, log, outage, () => host.engines.names())
    // Types are collected together with the engines that need them: the registry is filled before anything asks it.
    const found: ResourceType[] = []
    let known: TypeRegistry = typeRegistry(found)
    const types: TypeRegistry = {
      find: name => (name === templateResource.name ? templateResource : known.find(name)),
      names: () => known.names(),
      absent: name => known.absent(name),
      absentNames: () => known.absentNames(),
    }
    const constraints = new Map<string, Constraint>()
    const named = new NamedConstraints(constraints, () => clock.now())
    const sinksByName = new Map<string, EventSink>()
    const sinks = new EventSinks(sinksByName)
    let formats = plainFormats
    const language: Language = {
      get formats() {
        return formats
      },
      constraints: named,
      sinks,
      get values() {
        return options.get(limits.maxStackValuesSize)
      },
      get steps() {
        return options.get(limits.maxFunctionSteps)
      },
      get yaql() {
        return { iterators: options.get(yaql.limitIterators), memory: options.get(yaql.memoryQuota) }
      },
    }
    const definitions = new Definitions(db, types, language, secrets)
    const plans = new StackPlans(db, definitions, types, secrets, log)

    const metrics = new Metrics({ db, clock, log, engines: () => host.engines.all() })

    const container = new Container({ defaultScope: 'Singleton' })
    container.bind(Database).toConstantValue(db)
    container.bind(Clock).toConstantValue(clock)
    container.bind(Logger).toConstantValue(log)
    container.bind(Options).toConstantValue(options)
    container.bind(Workers).toConstantValue(workers)
    container.bind(Plans).toConstantValue(plans)
    container.bind(SoftwareConfigs).toConstantValue(new SoftwareStore({ db, options, checks: named, secrets }))
    container.bind(StandardFormats).toConstantValue(standardFormats)
    container.bind(Lifecycle).toConstantValue(
      new ResourceLifecycle({
        db,
        definitions,
        types,
        secrets,
        log,
        constraints: named,
        now: () => clock.now(),
        after: (ms, fn) => clock.after(ms, fn),
        signalUrl: (stack, resource) => signalUrls.of({ stack, resource }),
        isOver: async ({ operation }) => isOver(await stacks.find(db, operation.stack.id), operation),
        // Its engines are not loaded yet; they are once a step runs.
        children: new NestedStacks(() => host),
        attributesNow: (incarnations, on) =>
          withAttributesNow(incarnations, { db: on, definitions, types, secrets, log }),
        maxTemplateSize: () => options.get(limits.maxTemplateSize),
        maxStackValues: () => options.get(limits.maxStackValuesSize),
        measured: prepared => metrics.measured(prepared),
      }),
    )
    container.bind(Outcome).toConstantValue(
      new StackOutcome({
        definitions,
        types,
        secrets,
        log,
        timeoutSeconds: () => options.get(stackActionTimeout),
        childEnded: (child, tx) => childEnded(host, child, tx),
      }),
    )
    bindEngineHost(container)

    const contributions = await collect([ownFormatsPlugin, ...plugins], container)
    formats = new Formats(contributions.formats)
    known = typeRegistry(contributions.types, contributions.unavailable)
    for (const constraint of contributions.constraints) constraints.set(constraint.name, constraint)
    for (const sink of contributions.sinks) sinksByName.set(sink.name, sink)
    const engines = new EngineRegistry(contributions.engines, options)
    const chosen = engineOfNewStacks(options)
    if (!engines.names().includes(chosen)) {
      throw new PluginError(
        `[DEFAULT] convergence_engine names the engine '${chosen}', which no loaded plugin provides; loaded engines: ${engines.names().join(', ') || 'none'}. Add its package to [DEFAULT] plugins or choose another engine.`,
      )
    }
    const pruner = new EventPruner(db, options, clock, log)
    const orphans = new OrphanPurge(db, clock, log)
    const deleted = new DeletedPurge(db, options, clock, log)
    const dispatcher = new EventDispatcher({ db, sinks, checks: named, secrets, options, clock, log })
    const host = new Host(
      db,
      options,
      log,
      clock,
      types,
      language,
      engines,
      new StackTurns(clock),
      definitions,
      plans,
      secrets,
      address,
      signalUrls,
      workers,
      outage,
      new SchemaFit({ db, migrations: migrationsOf(plugins), clock, log, tooNew: () => host.rest() }),
      [pruner, orphans, deleted, dispatcher],
      new Workforce(db, clock, log),
      metrics,
    )
    return host
  }

  /**
   * Registers the worker, then starts the engines, which take up what a dead process left. A daemon that is no worker
   * starts nothing: its engines accept operations, and workers elsewhere hear of them.
   */
  async start(): Promise<void> {
    this.log.info(
      { engines: this.engines.names() },
      `Engines loaded: ${this.engines.names().join(', ')}; new stacks run on ${this.engineOfNewStacks()}`,
    )
    await this.clock.start()
    this.schema.start()
    if (!this.isWorker) return
    await this.workers.start()
    for (const engine of this.engines.all()) await engine.start()
    await this.workers.bury()
    for (const one of this.upkeep) one.start()
  }

  /** Engines claim nothing more and hand back what runs; twice is fine. */
  async stop(): Promise<void> {
    this.clock.stop()
    await Promise.all([this.workforce.stop(), this.schema.stop()])
    await this.rest()
  }

  /** It works on stacks no more, and gives to others what it has. */
  private rest(): Promise<void> {
    this.rests ??= this.handOver()
    return this.rests
  }

  private async handOver(): Promise<void> {
    try {
      for (const one of this.upkeep) await one.stop()
      await Promise.all(this.engines.all().map(engine => engine.stop()))
    } finally {
      // Whoever could hand nothing back must not keep it either.
      await this.workers.stop()
    }
  }

  /** Undefined: it is no worker. */
  get workerId(): string | undefined {
    return this.isWorker ? this.workers.id : undefined
  }

  /** What keeps it from its work, the database apart; undefined: nothing. */
  get trouble(): string | undefined {
    return this.isWorker && !this.workers.alive ? 'The worker is not registered, or its lease has run out' : undefined
  }

  private get isWorker(): boolean {
    return this.options.get(roles).includes('worker')
  }

  engineOfNewStacks(): string {
    return engineOfNewStacks(this.options)
  }
}
