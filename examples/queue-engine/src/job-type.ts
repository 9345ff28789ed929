import {
  again,
  Database,
  done,
  type Json,
  type JsonMap,
  type Progress,
  ResourceFailure,
  type ResourceType,
  type StepContext,
} from '@hearth/core/plugin'
import { inject, injectable } from 'inversify'
import PgBoss from 'pg-boss'
import { on, schema } from './jobs.js'

const lookMs = 500

/** A job that workers of yours do, as a part of a stack: what depends on it waits for its end, and reads its output. */
@injectable()
export class JobType implements ResourceType {
  readonly name = 'Acme::Queue::Job'
  readonly className = 'Job'
  readonly description = 'A job in a queue of pg-boss. It is complete once a worker has done it.'
  readonly support = { status: 'SUPPORTED' } as const
  readonly properties = {
    queue: {
      type: 'string',
      description: 'Its queue; it is made if it does not exist, and stays.',
      required: true,
      constraints: [
        {
          allowed_pattern: '^[A-Za-z0-9_-]{1,50}$',
          description: 'expected up to 50 letters, digits, hyphens and underscores',
        },
      ],
    },
    data: { type: 'map', description: 'What the worker gets.', default: {} },
    retry_limit: {
      type: 'integer',
      description: 'How often it is tried again.',
      default: 2,
      constraints: [{ range: { min: 0 } }],
    },
  } as const
  readonly attributes = { output: { description: 'What the worker answered.', type: 'map' } } as const
  private readonly boss: PgBoss

  constructor(@inject(Database) db: Database) {
    this.boss = new PgBoss({ db: on(db), schema })
  }

  async create(context: StepContext, cursor?: Json): Promise<Progress> {
    const { id } = context.resource
    const { queue, data, retry_limit } = context.properties as { queue: string; data: JsonMap; retry_limit: number }
    if (cursor === undefined) {
      await context.setPhysicalId(id)
      await this.boss.createQueue(queue)
      // Sent under the id of the resource: a second time, after a crash, sends nothing.
      await this.boss.send(queue, data, { id, retryLimit: retry_limit })
      return again('sent', { afterMs: lookMs })
    }
    const job = await this.boss.getJobById(queue, id)
    if (job?.state === 'completed') return done({ attributes: { output: job.output as Json } })
    if (job === null || job.state === 'failed' || job.state === 'cancelled') {
      throw new ResourceFailure(
        `job ${id} of queue ${queue} is ${job?.state ?? 'gone'}: ${JSON.stringify(job?.output)}`,
      )
    }
    return again('sent', { afterMs: lookMs })
  }

  async delete({ physicalId, properties }: StepContext): Promise<Progress> {
    if (physicalId !== null) await this.boss.deleteJob(properties.queue as string, physicalId)
    return done()
  }
}
