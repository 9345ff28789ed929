import { type StackRow, stacks } from '@hearth/db'
import { randomUUID } from 'node:crypto'
import { HearthError } from '../errors.js'
import {
  again,
  type ChildInside,
  type Clock,
  done,
  type Json,
  type JsonMap,
  type PlanOperation,
  type Progress,
  ResourceFailure,
  type Transaction,
  type VisitingAction,
} from '../plugin/index.js'
import type { ChildStacks, ChildTask, Stage, Way } from '../resource/children.js'
import { physicalName } from '../resource/physical-name.js'
import type { EngineRegistry } from '../engine/registry.js'
import type { Secrets } from '../resource/secrets.js'
import { define, type DefinitionContent, type StackDefinition } from '../template/index.js'
import { cancelOperation } from './cancel.js'
import { childFailure } from './child-failure.js'
import { createStack, nestingOf } from './create.js'
import { lookInside } from './inside.js'
import { type Asker, operate } from './operate.js'
import { allOutputs } from './read/show.js'
import { refOf, storeTemplate } from './records.js'
import { isOver } from './is-over.js'
import { deleteStack } from './remove.js'
import type { Caller, StackServices } from './services.js'
import { visitStack } from './visit.js'

export type ChildServices = StackServices & { readonly secrets: Secrets; readonly clock: Clock }

/** Until a nested stack that is locked is asked again, in milliseconds. */
const busyMs = 200

/** The step belongs to an operation that is over: a newer one decides what becomes of the stack inside. */
class StepOver extends Error {}

/**
 * Nested stacks: a step of the parent's resource asks for an operation of the child, parks, and is woken by its end. Who
 * asked stands in the child's row, so a step that is called again, by whichever worker, finds what it did. A step whose
 * operation is over asks for nothing any more; it stops what it had asked for.
 */
export class NestedStacks implements ChildStacks {
  constructor(private readonly servicesNow: () => ChildServices) {}

  async reach(child: ChildTask, way: Way, keep: (cursor: Json) => Promise<void>): Promise<Progress> {
    // In this order: who sees what a newer operation asked for sees that it is over itself.
    const found = await this.find(child)
    const parent = await this.parentOf(child)
    const asked = found === undefined ? 0 : timesAsked(child, found)
    const ours = asked > 0
    if (isOver(parent, child.task.operation)) {
      if (!ours || found?.status !== 'IN_PROGRESS') throw aborted(child)
      await this.stop(child, found)
      return this.wait(child)
    }
    if (found?.status === 'IN_PROGRESS') {
      if (!ours) await this.stop(child, found)
      return this.wait(child)
    }
    if (ours && found !== undefined && !isReached(found)) throw childFailure(found)
    const inside = found !== undefined && way.looks ? await lookInside(this.services, found) : undefined
    const at = { asked, ...positionOf(child), ...(inside === undefined ? {} : { inside }) }
    const stage = way.next(at)
    if (stage === undefined) return this.reached(found, way, inside)
    return this.pause(child, asked, stage) ?? this.ask(child, parent, found, stage, asked, keep)
  }

  async remove(child: ChildTask): Promise<Progress> {
    const found = await this.find(child)
    if (found === undefined) return done()
    const asked = found.action === 'DELETE' && found.askedBy === keyOf(child)
    if (asked && found.status === 'FAILED') throw childFailure(found)
    if (!asked) {
      const parent = await this.parentOf(child)
      if (isOver(parent, child.task.operation)) throw aborted(child)
      await this.unlessOver(child, () =>
        deleteStack(this.services, callerOf(parent, child), found.id, undefined, this.asker(child)),
      )
    }
    return this.wait(child)
  }

  async visit(child: ChildTask): Promise<Progress> {
    const action = child.task.operation.action as VisitingAction
    const found = await this.find(child)
    if (found === undefined) {
      throw new ResourceFailure(`Cannot ${action.toLowerCase()} ${child.resource.name}, stack not created`, 'Error')
    }
    const there = found.action === action && found.status === 'COMPLETE'
    const asked = found.askedBy === keyOf(child)
    if (there && (asked || action !== 'CHECK')) return done()
    if (asked && found.status === 'FAILED') throw childFailure(found)
    if (asked) return this.wait(child)
    const parent = await this.parentOf(child)
    if (isOver(parent, child.task.operation)) throw aborted(child)
    if (found.status === 'IN_PROGRESS') {
      await this.stop(child, found)
      return this.wait(child)
    }
    const free = await this.unlessBusy(child, () =>
      visitStack(this.services, callerOf(parent, child), found.id, action, undefined, this.asker(child)),
    )
    return free ? this.wait(child) : again({}, { afterMs: busyMs })
  }

  private get services(): ChildServices {
    return this.servicesNow()
  }

  private async find({ resource }: ChildTask): Promise<StackRow | undefined> {
    return (await stacks.ofResources(this.services.db, [resource.id]))[0]
  }

  private async parentOf({ task }: ChildTask): Promise<StackRow> {
    const parent = await stacks.find(this.services.db, task.operation.stack.id)
    if (parent === undefined) throw new Error(`stack ${task.operation.stack.name} is gone`)
    return parent
  }

  /** Undefined: the time between what was asked for last and what comes now is over. */
  private pause(child: ChildTask, asked: number, { pauseSeconds = 0 }: Stage): Progress | undefined {
    if (asked === 0 || pauseSeconds === 0) return undefined
    const now = this.services.clock.now()
    const { resting, ...position } = (child.resource.cursor ?? {}) as Position
    const until = resting?.asked === asked ? resting.until : now + pauseSeconds * 1000
    return until > now ? again({ ...position, resting: { asked, until } }, { afterMs: until - now }) : undefined
  }

  private async ask(
    child: ChildTask,
    parent: StackRow,
    found: StackRow | undefined,
    { content, cursor }: Stage,
    asked: number,
    keep: (cursor: Json) => Promise<void>,
  ): Promise<Progress> {
    const position = cursor === undefined ? positionOf(child) : { cursor }
    // Before it is asked for: what it was asked with is known to whoever goes on from there.
    if (cursor !== undefined) await keep(position)
    if (found === undefined) await this.create(child, parent, content)
    else if (!(await this.update(child, parent, found, content, asked))) return again(position, { afterMs: busyMs })
    return this.wait(child, position)
  }

  private async reached(found: StackRow | undefined, way: Way, inside: ChildInside | undefined): Promise<Progress> {
    if (found === undefined) throw new Error('a stack that was never asked for cannot be reached')
    const definition = await this.services.definitions.ofTemplate(found.templateId, refOf(found))
    const outputs = await allOutputs(this.services, found, definition)
    const values = Object.fromEntries(outputs.map(({ output_key, output_value }) => [output_key, output_value ?? null]))
    const named = values['OS::stack_id']
    return done({
      physicalId: found.id,
      attributes: values as JsonMap,
      reference:
        typeof named === 'string' ? named : `arn:openstack:heat::${found.project}:stacks/${found.name}/${found.id}`,
      ...way.kept(values as JsonMap, {
        stack: found,
        now: this.services.clock.now(),
        ...(inside === undefined ? {} : { inside }),
      }),
    })
  }

  private async create(child: ChildTask, parent: StackRow, content: DefinitionContent): Promise<void> {
    const { name, id } = child.resource
    const childName = physicalName(parent.name, name, id)
    await this.unlessOver(child, async () => {
      try {
        await createStack(
          this.services,
          callerOf(parent, child),
          childName,
          { ...content, timeoutMins: parent.timeoutMins, disableRollback: true },
          {
            stack: parent,
            resource: name,
            resourceId: id,
            asker: this.asker(child),
            define: stack => this.define(content, stack, parent.depth + 1, parent),
            timeoutSeconds: await this.secondsLeft(child),
          },
        )
      } catch (error) {
        // Another worker, which had the step before, was faster.
        if ((await this.find(child)) === undefined) throw error
      }
    })
  }

  private async update(
    child: ChildTask,
    parent: StackRow,
    found: StackRow,
    content: DefinitionContent,
    asked: number,
  ): Promise<boolean> {
    const { services } = this
    const definition = await this.define(content, refOf(found), found.depth, parent)
    const seconds = await this.secondsLeft(child)
    const template = randomUUID()
    return this.unlessBusy(child, () =>
      operate(services, found.id, async stack => {
        const operation: PlanOperation = {
          kind: 'plan',
          id: randomUUID(),
          stack: refOf(stack),
          action: 'UPDATE',
          revision: stack.revision + 1,
          template,
          previous: stack.templateId,
          rollback: false,
          timeoutSeconds: seconds,
          observe: child.task.operation.observe === true,
          underway: 'await',
        }
        if (stack.status !== 'IN_PROGRESS') await services.plans.prepare(operation, definition)
        services.definitions.remember(template, definition)
        return {
          operation,
          asker: this.asker(child, asked),
          patch: {
            templateId: template,
            previousTemplateId: stack.templateId,
            disableRollback: true,
            timeoutMins: parent.timeoutMins,
          },
          store: async tx => {
            await storeTemplate(tx, stack, content, template)
          },
        }
      }),
    )
  }

  /**
   * Ends what a child was found in; it says so itself when it has ended. What cannot be cancelled is waited for, and so is
   * what was asked for since.
   */
  private async stop(child: ChildTask, found: StackRow): Promise<void> {
    if (found.action !== 'CREATE' && found.action !== 'UPDATE') return
    const caller = { project: found.project, user: found.owner ?? '', requestId: child.task.operation.id }
    try {
      await cancelOperation(this.services, caller, found.id, 'cancel_without_rollback', found.revision)
    } catch (error) {
      const now = await this.find(child)
      if (now?.status === 'IN_PROGRESS' && now.revision === found.revision) throw error
    }
  }

  /** With values, as it is to be; only now can they be checked. */
  private define(
    { content, environment, files }: DefinitionContent,
    stack: { readonly id: string; readonly name: string; readonly project: string },
    depth: number,
    parent: StackRow,
  ): Promise<StackDefinition> {
    const { types, options, language } = this.services
    return language.constraints.answered(checks =>
      define({
        checks,
        template: content,
        environment,
        files,
        stack,
        types,
        language,
        nesting: nestingOf(options, depth),
        ...(parent.timeoutMins === null ? {} : { timeoutSeconds: parent.timeoutMins * 60 }),
      }),
    )
  }

  /** The child has as long as its parent has left. */
  private async secondsLeft({ task }: ChildTask): Promise<number> {
    const { operation } = task
    if (operation.action === 'ROLLBACK') return operation.timeoutSeconds
    return Math.max(1, operation.timeoutSeconds - (await stacks.elapsed(this.services.db, operation.stack.id)))
  }

  private wait(child: ChildTask, position = positionOf(child)): Progress {
    // The operation's own deadline comes first, and ends the wait.
    const deadline = new Date(this.services.clock.now() + child.task.operation.timeoutSeconds * 1000)
    return again(position, { on: 'child-stack', deadline })
  }

  /** @param asked operations that the step has asked for before. */
  private asker(child: ChildTask, asked = 0): Asker {
    const { operation } = child.task
    return {
      key: asked === 0 ? keyOf(child) : `${keyOf(child)}:${asked}`,
      check: async (tx: Transaction) => {
        if (!(await stacks.stepCurrent(tx, operation.stack.id, operation.revision, child.resource.id)))
          throw new StepOver()
      },
    }
  }

  /** @returns false on an engine that does not overlap while steps of a cancelled operation are still awaited there. */
  private async unlessBusy(child: ChildTask, ask: () => Promise<unknown>): Promise<boolean> {
    try {
      await this.unlessOver(child, ask)
      return true
    } catch (error) {
      if (HearthError.is(error) && error.type === 'ActionInProgress') return false
      throw error
    }
  }

  private async unlessOver(child: ChildTask, ask: () => Promise<unknown>): Promise<void> {
    try {
      await ask()
    } catch (error) {
      throw error instanceof StepOver ? aborted(child) : error
    }
  }
}

/** A nested stack has come to an end: the step that waits for it goes on. */
export async function wakeParent(engines: EngineRegistry, child: StackRow, tx: Transaction): Promise<void> {
  const { parentId, parentResourceId } = child
  if (parentId === null || parentResourceId === null) return
  await engines.of(child).wake([{ id: parentResourceId, stack: parentId }], tx)
}

const keyOf = ({ task, resource }: ChildTask): string => `${task.operation.id}:${resource.id}`

/** How many operations a stack has been through for this step: the last one's asker says the manyeth it was. */
function timesAsked(child: ChildTask, { askedBy }: StackRow): number {
  const key = keyOf(child)
  if (askedBy === null || !askedBy.startsWith(key)) return 0
  const rest = askedBy.slice(key.length)
  return rest === '' ? 1 : Number(rest.slice(1)) + 1
}

const isReached = ({ action, status }: StackRow): boolean =>
  status === 'COMPLETE' && (action === 'CREATE' || action === 'UPDATE')

/** What a step that waits for a stack inside keeps: the cursor of its way, and the pause it is in. */
type Position = JsonMap & {
  readonly cursor?: Json
  readonly resting?: { readonly asked: number; readonly until: number }
}

/** The position without its pause, which is over once something else is waited for. */
function positionOf({ resource }: ChildTask): { readonly cursor?: Json } {
  const { cursor } = (resource.cursor ?? {}) as Position
  return cursor === undefined ? {} : { cursor }
}

const aborted = ({ task }: ChildTask): Error => new ResourceFailure(`Stack ${task.operation.action} cancelled`, '')

const callerOf = ({ project, owner }: StackRow, { task }: ChildTask): Caller => ({
  project,
  user: owner ?? '',
  requestId: task.operation.id,
})
