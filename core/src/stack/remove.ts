import { randomUUID } from 'node:crypto'
import { type StackRow, stacks } from '@hearth/db'
import type { Transaction } from '../plugin/index.js'
import { emptiedTemplate } from '../template/index.js'
import { timeoutSeconds } from './create.js'
import { type Asker, operate } from './operate.js'
import { nextOperation } from './operation.js'
import { refOf, reportStack } from './records.js'
import type { Caller, StackServices } from './services.js'
import { storeTemplate } from './stored-templates.js'

/**
 * Deletes a stack, whatever runs: the plan toward the definition emptied of its resources.
 * @param first runs under the stack's lock, before anything changes; it may throw to refuse.
 */
export async function deleteStack(
  services: StackServices,
  caller: Caller,
  stackId: string,
  first: (tx: Transaction, stack: StackRow) => Promise<void> = async () => undefined,
  asker?: Asker,
): Promise<void> {
  const { definitions, plans, secrets, log } = services
  await operate(services, stackId, async seen => {
    log.info({ stack: seen.id, request: caller.requestId }, `Deleting stack ${seen.name}`)
    const template = randomUUID()
    const before = await definitions.ofTemplate(seen.templateId, refOf(seen))
    const content = emptiedTemplate(before)
    const operation = nextOperation(seen, {
      action: 'DELETE',
      template,
      timeoutSeconds: timeoutSeconds(services, seen.timeoutMins),
      underway: 'abort',
    })
    if (seen.status !== 'IN_PROGRESS') await plans.prepare(operation, await definitions.preview(content, refOf(seen)))
    return {
      operation,
      ...(asker === undefined ? {} : { asker }),
      patch: { templateId: template, previousTemplateId: seen.templateId },
      store: async (tx, stack) => {
        await first(tx, stack)
        // What ran until now says so; a delete on top of a delete is simply tried again.
        if (stack.status === 'IN_PROGRESS' && stack.action !== 'DELETE') {
          const reason = `Stack ${stack.action} cancelled`
          await stacks.update(tx, stack.id, { status: 'FAILED', statusReason: reason })
          await reportStack(tx, refOf(stack), stack.action, 'FAILED', reason)
        }
        await storeTemplate(tx, secrets, stack, content, before, { id: template, size: 0 })
      },
    }
  })
}
