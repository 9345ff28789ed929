import type { StackRow } from '@hearth/db'
import * as errors from '../errors.js'
import { type Engine, type Operation, OperationRefused, type Options, type Transaction } from '../plugin/index.js'
import { engineOfNewStacks } from './selection.js'

/** The loaded engines, and the way from a stack to its own. */
export class EngineRegistry {
  private readonly engines: ReadonlyMap<string, Engine>

  constructor(
    engines: readonly Engine[],
    private readonly options: Options,
  ) {
    this.engines = new Map(engines.map(engine => [engine.name, engine]))
  }

  all(): Engine[] {
    return [...this.engines.values()]
  }

  names(): string[] {
    return [...this.engines.keys()].sort()
  }

  find(name: string): Engine | undefined {
    return this.engines.get(name)
  }

  forNewStack(): Engine {
    return this.named(engineOfNewStacks(this.options), 'New stacks')
  }

  /** @throws EngineNotLoaded if the plugin that the stack's flag names is not loaded; its rows stay readable. */
  of(stack: Pick<StackRow, 'engine' | 'name'>): Engine {
    return this.named(stack.engine, `Stack ${stack.name}`)
  }

  /** Hands an operation to an engine, in the transaction that changes the stack. */
  async accept(name: string, operation: Operation, tx: Transaction): Promise<void> {
    const engine = this.named(name, `Stack ${operation.stack.name}`)
    try {
      await engine.accept(operation, tx)
    } catch (error) {
      throw OperationRefused.is(error) ? errors.actionInProgress(error.stackName, error.running) : error
    }
  }

  private named(name: string, who: string): Engine {
    const engine = this.engines.get(name)
    if (engine !== undefined) return engine
    throw errors.engineNotLoaded(
      `${who} runs on the engine '${name}', which no loaded plugin provides; loaded engines: ${this.names().join(', ') || 'none'}. ` +
        `The operator can add the plugin of '${name}' to [DEFAULT] plugins and restart the daemon, or move stacks to another engine with hearth-manage migrate-convergence.`,
    )
  }
}
