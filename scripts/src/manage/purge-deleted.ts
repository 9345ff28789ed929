import { type PurgePosition, deletedStacks } from '@hearth/db'
import { Option } from 'commander'
import { checkSchema, say, type Tool, withDatabase } from './tool.js'

const secondsOf = { days: 86_400, hours: 3_600, minutes: 60, seconds: 1 }

interface Given {
  readonly granularity: keyof typeof secondsOf
  readonly projectId?: string
  readonly batch_size: string
}

/** `hearth-manage purge-deleted`: as Heat's tool removes what is left of deleted stacks. */
export function purgeDeleted({ program, runtime }: Tool): void {
  program
    .command('purge-deleted')
    .alias('purge_deleted')
    .description('remove what is left of stacks that were deleted: their rows, templates, snapshots and events')
    .argument('[age]', 'how long ago they were deleted at least', '90')
    .addOption(
      new Option('-g, --granularity <unit>', 'unit of the age').choices(Object.keys(secondsOf)).default('days'),
    )
    .option('-p, --project-id <id>', 'only stacks of this project')
    .option('-b, --batch_size <number>', 'stacks removed at once', '20')
    .action(async (age: string, { granularity, projectId, batch_size }: Given) => {
      const seconds = wholeNumber('age', age) * secondsOf[granularity]
      const batch = wholeNumber('batch_size', batch_size)
      if (batch === 0) throw new Error('batch_size should be 1 at least')
      const known = await runtime()
      const total = await withDatabase(known, async db => {
        await checkSchema(db, known)
        let purged = 0
        let after: PurgePosition | undefined
        do {
          const some = await deletedStacks.purge(
            db,
            { age: seconds, batch, ...(projectId === undefined ? {} : { project: projectId }) },
            after,
          )
          purged += some.purged
          after = some.next
        } while (after !== undefined)
        return purged
      })
      say(total === 0 ? 'No stack was deleted so long ago.' : `Deleted stacks are purged: ${total}.`)
    })
}

function wholeNumber(name: string, text: string): number {
  if (!/^[+-]?\d{1,9}$/.test(text)) throw new Error(`${name} should be an integer`)
  if (Number(text) < 0) throw new Error(`${name} should be a positive integer`)
  return Number(text)
}
