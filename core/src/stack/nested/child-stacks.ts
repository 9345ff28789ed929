import { type StackRow, resources } from '@hearth/db'
import {
  type ChildInside,
  done,
  limited,
  type Progress,
  ResourceFailure,
  type Transaction,
  type VisitingAction,
} from '../../plugin/index.js'
import type { ChildStacks, ChildTask, Kept, Removal, Stage, Way } from '../../resource/children.js'
import { isSuspendedByItself } from '../../resource/decide.js'
import { keepErrors } from '../../resource/attributes/output-errors.js'
import { childFailure } from './child-failure.js'
import { createInside, updateInside } from './child-reach.js'
import { ChildStep } from './child-step.js'
import { lookInside } from './inside.js'
import { valuesOf } from '../read/output.js'
import { outputsNow } from '../read/outputs.js'
import { releaseTree } from './release.js'
import { keptInside, withRestored } from './restore-inside.js'
import { deleteStack } from '../remove.js'
import type { Asker } from '../operate.js'
import type { StackServices } from '../services.js'
import { repeats, visitStack } from '../visit.js'

/**
 * Steps of one process that look after a stack inside at the same time. Each takes one connection of the pool after the
 * other, and a group has many; what else the process has to say to the database must not wait for all of them. One that comes
 * to its turn when its operation is over asks for nothing any more.
 */
const atOnce = 8

/**
 * Nested stacks: a step of the parent's resource asks for an operation of the child, parks, and is woken by its end. Who
 * asked stands in the child's row, so a step that is called again, by whichever worker, finds what it did. A step whose
 * operation is over asks for nothing any more; it stops what it had asked for.
 */
export class NestedStacks implements ChildStacks {
  private readonly inTurn = limited(atOnce)

  constructor(private readonly services: () => StackServices) {}

  reach(child: ChildTask, way: Way, keep: Kept): Promise<Progress> {
    return this.soon(child, () => this.reachNow(child, way, keep))
  }

  remove(child: ChildTask, how: Removal): Promise<Progress> {
    return this.soon(child, () => this.removeNow(child, how))
  }

  visit(child: ChildTask): Promise<Progress> {
    return this.soon(child, () => this.visitNow(child))
  }

  /** One that has asked for nothing yet has nothing to stop either: told to stop, it waits for its turn no longer. */
  private soon(child: ChildTask, work: () => Promise<Progress>): Promise<Progress> {
    return hasWaited(child) ? this.inTurn(work, true) : this.inTurn(work, false, child.signal)
  }

  private async reachNow(child: ChildTask, way: Way, keep: Kept): Promise<Progress> {
    const step = new ChildStep(this.services(), child)
    // In this order: who sees what a newer operation asked for sees that it is over itself.
    const found = await step.find()
    if (found !== undefined) keep.stack(found.id)
    const parent = await step.parent()
    const asked = found === undefined ? 0 : step.timesAsked(found)
    const ours = asked > 0
    if (step.isOver(parent)) {
      if (found?.status !== 'IN_PROGRESS' || !step.hasAsked(found)) throw step.aborted()
      await step.stop(found)
      return step.wait()
    }
    if (found?.status === 'IN_PROGRESS') {
      if (!ours) await step.stop(found)
      return step.wait()
    }
    // A suspended stack takes no update: what a suspend of the stack around has left is undone. If it cannot be resumed, the
    // update mends what is wrong.
    if (found?.action === 'SUSPEND' && !isSuspendedByItself(found)) {
      return visit(step, parent, found, 'RESUME', step.resumer())
    }
    if (ours && found !== undefined && !isReached(found)) throw childFailure(found)
    const looked = found !== undefined && way.looks ? await lookInside(step.services, found) : undefined
    const kept = way.looks ? await keptInside(step) : undefined
    const inside = found && looked && (await withRestored(step, found, looked, kept))
    const members = kept && Object.keys(kept.resources)
    const at = { asked, ...step.position, ...(members && { members }) }
    const stage = way.next(inside === undefined ? at : { ...at, inside })
    if (stage === undefined) return reached(step, found, way, inside)
    const pause = step.pause(asked, stage.pauseSeconds ?? 0)
    if (pause !== undefined) return pause
    const position = stage.cursor === undefined ? step.position : { cursor: stage.cursor }
    // Before it is asked for: what it was asked with is known to whoever goes on from there.
    if (stage.cursor !== undefined) await keep.cursor(position)
    const { content, timeoutMinutes: timeoutMins = parent.timeoutMins } = stage
    const aim = { parent: { ...parent, timeoutMins }, content, position, mostSeconds: secondsOf(stage) }
    return found === undefined
      ? createInside(step, { ...aim, adopt: way.adopt, made: keep.stack })
      : updateInside(step, { ...aim, found, asked, staged: way.looks })
  }

  private async removeNow(child: ChildTask, how: Removal): Promise<Progress> {
    const step = new ChildStep(this.services(), child)
    const found = await step.find()
    if (found === undefined) return done()
    if (how === 'keep') return release(step, found)
    const asked = found.action === 'DELETE' && found.askedBy === step.key
    if (asked && found.status === 'FAILED') throw childFailure(found)
    if (asked) return step.wait()
    const caller = step.callerFor(await step.current())
    const before = (tx: Transaction): Promise<void> =>
      how === 'forget' ? resources.forget(tx, found.id) : Promise.resolve()
    await step.ask(() => deleteStack(step.services, caller, found.id, before, step.asker()))
    return step.wait()
  }

  private async visitNow(child: ChildTask): Promise<Progress> {
    const step = new ChildStep(this.services(), child)
    const action = step.operation.action as VisitingAction
    const found = await step.find()
    if (found === undefined) {
      throw new ResourceFailure(`Cannot ${action.toLowerCase()} ${child.resource.name}, stack not created`, 'Error')
    }
    const there = found.action === action && found.status === 'COMPLETE'
    const asked = found.askedBy === step.key
    if (there && (asked || !repeats(action))) return done()
    if (asked && found.status === 'FAILED') throw childFailure(found)
    if (asked) return step.wait()
    const parent = await step.current()
    if (found.status === 'IN_PROGRESS') {
      await step.stop(found)
      return step.wait()
    }
    return visit(step, parent, found, action, step.asker())
  }
}

/** Asks for a visit of the stack inside, which has as much time as there is left around it. */
async function visit(
  step: ChildStep,
  parent: StackRow,
  found: StackRow,
  action: VisitingAction,
  asker: Asker,
): Promise<Progress> {
  const inside = { asker, timeoutSeconds: await step.secondsLeft() }
  return step.askAndWait(() => visitStack(step.services, step.callerFor(parent), found.id, action, undefined, inside))
}

/** What it has asked for has ended, perhaps badly: then others need not begin. */
const hasWaited = ({ resource }: ChildTask): boolean => resource.cursor !== null

const secondsOf = ({ timeoutMinutes }: Stage): number | undefined =>
  timeoutMinutes === undefined ? undefined : timeoutMinutes * 60

/** What a step asks for to bring the stack inside to what it is to be has succeeded. */
const isReached = ({ action, status }: StackRow): boolean =>
  status === 'COMPLETE' && (action === 'CREATE' || action === 'ADOPT' || action === 'UPDATE')

async function reached(
  { services }: ChildStep,
  found: StackRow | undefined,
  way: Way,
  inside: ChildInside | undefined,
): Promise<Progress> {
  if (found === undefined) throw new Error('a stack that was never asked for cannot be reached')
  const { outputs, secret } = await outputsNow(services, found)
  const values = valuesOf(outputs)
  const named = values['OS::stack_id']
  const kept = way.kept(values, {
    stack: found,
    now: services.clock.now(),
    ...(inside === undefined ? {} : { inside }),
  })
  return done({
    physicalId: found.id,
    attributes: values,
    secret,
    reference:
      typeof named === 'string' ? named : `arn:openstack:heat::${found.project}:stacks/${found.name}/${found.id}`,
    ...(kept ?? { data: keepErrors(outputs) }),
  })
}

/** It stays, as a stack of its own. What runs on it ends first; what its resource had asked for begins nothing more. */
async function release(step: ChildStep, found: StackRow): Promise<Progress> {
  await step.current()
  if (found.status === 'IN_PROGRESS') {
    if (found.askedBy !== null) await step.stop(found)
    return step.wait()
  }
  let released = false
  await step.ask(async () => (released = await releaseTree(step.services, found, tx => step.check(tx))))
  return released ? done() : step.retry()
}
