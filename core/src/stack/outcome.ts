import { randomUUID } from 'node:crypto'
import { resources, snapshots, type StackRow, stacks, templates } from '@hearth/db'
import { followSinks } from '../event/follow.js'
import {
  isOfDatabase,
  type Logger,
  type OperationEnd,
  type Outcome,
  type PlanOperation,
  type Transaction,
  visitOf,
} from '../plugin/index.js'
import type { Secrets } from '../resource/secrets/secrets.js'
import type { TypeRegistry } from '../resource/types.js'
import { emptyEnvironment, emptyTemplate, type Environment } from '../template/index.js'
import type { Definitions } from './definitions.js'
import { endSnapshot } from './data/end-snapshot.js'
import { leaveHooks } from './signal/hooks.js'
import { reportStack } from './records.js'
import { reaches, startedReason, verdict } from './state.js'
import { storeTemplate } from './stored-templates.js'
import { findingsOf } from './visit-outcome.js'

export interface OutcomeParts {
  readonly definitions: Definitions
  readonly types: TypeRegistry
  readonly secrets: Secrets
  readonly log: Logger
  readonly timeoutSeconds: () => number
  /** A nested stack has come to an end: its parent's resource goes on. */
  readonly childEnded: (child: StackRow, tx: Transaction) => Promise<void>
}

/** Turns the end of an operation into rows: the stack's state and event, what a delete leaves, the rollback due. */
export class StackOutcome implements Outcome {
  constructor(private readonly parts: OutcomeParts) {}

  async settle(operation: PlanOperation, end: OperationEnd, tx: Transaction): Promise<PlanOperation | undefined> {
    const stack = await stacks.lock(tx, operation.stack.id)
    // A newer operation has been accepted, or the stack is gone: this end changes nothing any more.
    if (stack === undefined || stack.revision !== operation.revision || stack.deletedAt !== null) return undefined
    const { action } = operation
    const found = await findingsOf(operation, end, stack, this.parts, tx)
    const { status, reason: plain, rollback } = verdict(action, found.end, operation.rollback)
    const reason = plain + found.note

    const target = rollback === undefined ? undefined : await this.rollbackTemplate(operation, stack, tx)
    if (status === 'FAILED') await leaveHooks(tx, operation.stack, this.parts.secrets)
    if (rollback !== 'directly' || target === undefined) {
      await this.report(operation, action, status, reason, tx)
      const reached = reaches(action, status) ? { previousTemplateId: null, reachedTemplateId: operation.template } : {}
      await stacks.update(tx, stack.id, { action, status, statusReason: reason, ...reached })
    }
    if (action === 'SNAPSHOT') await endSnapshot(tx, this.parts.secrets, stack.id, { status, reason })
    if (status === 'COMPLETE') await this.complete(operation, tx)
    if (target !== undefined) return this.rollBack(operation, stack, target, tx)
    // Last: it locks rows of the parent.
    await this.parts.childEnded({ ...stack, action, status, statusReason: reason }, tx)
    return undefined
  }

  private async complete({ action, stack, template }: PlanOperation, tx: Transaction): Promise<void> {
    if (visitOf(action) !== undefined) return
    if (action === 'DELETE') {
      await resources.removeOfStack(tx, stack.id)
      await snapshots.removeOfStack(tx, stack.id)
      await stacks.softDelete(tx, stack.id)
    } else if (action === 'CREATE' || action === 'ADOPT') {
      // Every resource was visited, and there was no template before.
      return
    } else {
      await resources.reach(tx, stack.id, template)
    }
    await templates.purgeUnused(tx, stack.id)
  }

  /** @returns undefined: what has failed cannot even be read, so there is no way back from it. */
  private async rollbackTemplate(
    operation: PlanOperation,
    { reachedTemplateId }: StackRow,
    tx: Transaction,
  ): Promise<string | undefined> {
    try {
      return reachedTemplateId ?? (await this.storeEmpty(operation, tx))
    } catch (error) {
      if (isOfDatabase(error)) throw error
      this.parts.log.error({ err: error, stack: operation.stack.id }, 'A stack is not rolled back')
      return undefined
    }
  }

  private async rollBack(
    operation: PlanOperation,
    { reachedTemplateId }: StackRow,
    template: string,
    tx: Transaction,
  ): Promise<PlanOperation> {
    const { stack } = operation
    await this.followSinks(operation, reachedTemplateId, tx)
    // What was to be adopted was there before the stack, and stays when the stack does without it.
    if (operation.action === 'ADOPT') await resources.forget(tx, stack.id)
    const reason = startedReason('ROLLBACK')
    const revision = await stacks.update(tx, stack.id, {
      action: 'ROLLBACK',
      status: 'IN_PROGRESS',
      statusReason: reason,
      templateId: template,
      previousTemplateId: operation.template,
      bumpRevision: true,
    })
    await this.report(operation, 'ROLLBACK', 'IN_PROGRESS', reason, tx)
    const { restores: _, ...same } = operation
    return {
      ...same,
      id: randomUUID(),
      action: 'ROLLBACK',
      revision,
      template,
      previous: operation.template,
      rollback: false,
      timeoutSeconds: operation.timeoutSeconds || this.parts.timeoutSeconds(),
      underway: 'await',
    }
  }

  /** Events go where they went before; those of a create's rollback where they go. */
  private async followSinks(
    { stack, template }: PlanOperation,
    reached: string | null,
    tx: Transaction,
  ): Promise<void> {
    if (reached === null) return
    const wanted = [template, reached].map(one => ({ template: one, stack }))
    const found = await this.parts.definitions.ofTemplates(wanted, tx, new Map())
    const environmentOf = (one: string): Environment => found.get(one)?.environment ?? emptyEnvironment
    await followSinks(tx, this.parts.secrets, stack, environmentOf(reached), environmentOf(template))
  }

  private async storeEmpty({ stack, template }: PlanOperation, tx: Transaction): Promise<string> {
    const failed = await this.parts.definitions.ofTemplate(template, stack, tx)
    const id = randomUUID()
    await storeTemplate(tx, this.parts.secrets, stack, emptyTemplate(failed), failed, { id, size: 0 })
    return id
  }

  private async report(
    operation: PlanOperation,
    action: string,
    status: string,
    reason: string,
    tx: Transaction,
  ): Promise<void> {
    const { stack } = operation
    await reportStack(tx, stack, action, status, reason)
    tx.afterCommit(() =>
      this.parts.log.info({ stack: stack.id }, `Stack ${action} ${status} (${stack.name}): ${reason}`),
    )
  }
}
