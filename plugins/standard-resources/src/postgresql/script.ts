import { done, type JsonMap, type Progress, ResourceFailure, type ResourceType } from '@hearth/core/plugin'
import type { Access } from './access.js'
import { NoDatabase } from './connect.js'
import { insideBy, removal } from './inside.js'
import { nameProperty, validateNames } from './names.js'
import { holds, mostRows, ofUpdate, runScripts } from './script-run.js'
import { movesServer, serverProperties } from './server.js'

/** SQL that is run in a database, once for each create, update and delete that has to. */
export const script = (access: Access): ResourceType => {
  const inside = insideBy(access.session)

  return {
    name: 'Hearth::PostgreSQL::Script',
    className: 'Script',
    description:
      'SQL that is run in a database: up when it is created, down when it is deleted. Each runs in one transaction, and exactly once, whatever dies meanwhile.',
    support: { status: 'SUPPORTED' },
    properties: {
      ...serverProperties,
      database: nameProperty(
        'The database that it is run in; another one replaces the script, the same under a new name does not.',
        { required: true, updateAllowed: true },
      ),
      up: {
        type: 'string',
        description:
          'Statements that are run when it is created. When they change, the down that was given before is run, and then these, in one transaction; without a down they have to bear what they find.',
        required: true,
        secret: true,
        updateAllowed: true,
        constraints: [{ length: { min: 1 } }],
      },
      down: {
        type: 'string',
        description:
          'Statements that are run when it is deleted, and before another up; not if up has never come to an end. A change of them runs nothing.',
        default: '',
        secret: true,
        updateAllowed: true,
      },
      triggers: {
        type: 'map',
        description: 'Any values: when one of them changes, down and up are run again.',
        default: {},
        updateAllowed: true,
      },
      check: {
        type: 'string',
        description:
          'A query that tells whether all is as up has left it: whether the first column of its first row is true. If not, a check fails, and the update after it, or one that compares with reality, runs down and up again. Unset: nothing tells.',
        default: '',
        updateAllowed: true,
      },
      query: {
        type: 'string',
        description: `A query whose rows are the attribute rows, ${mostRows} at most; asked at each create and update. One SELECT or VALUES.`,
        default: '',
        updateAllowed: true,
      },
      transaction: {
        type: 'boolean',
        description:
          'Whether the statements are run in a transaction. Without, what was done stays when one of them fails, and they may be run again after a crash: for statements that cannot stand in one, each alone.',
        default: true,
        updateAllowed: true,
      },
      timeout_seconds: {
        type: 'integer',
        description: 'How long one statement may take.',
        default: 300,
        updateAllowed: true,
        constraints: [{ range: { min: 1, max: 86_400 } }],
      },
    },
    attributes: {
      rows: { type: 'list', description: 'The rows of query, each a map from columns to values; empty without one.' },
    },
    mendWhenFailed: true,
    mayReplace: true,
    needsReplace: movesServer,
    validate(properties) {
      access.check(properties)
      validateNames(properties, 'database')
    },
    create: context =>
      inside.into(context, async (client, database) => {
        const up = () => [context.properties.up ?? null]
        return kept(await runScripts(client, context, up, { keepsRows: true }), database)
      }),
    update: context =>
      inside.into(context, async (client, database) =>
        kept(await runScripts(client, context, ofUpdate(client, context), { keepsRows: true }), database),
      ),
    delete: (context, cursor) =>
      removal(cursor, async () => {
        if (context.physicalId === null) return done()
        const down = (applied: boolean) => (applied ? [context.properties.down ?? null] : [])
        return inside.where(context, client => runScripts(client, context, down, { keepsRows: false }))
      }),
    check: context =>
      inside.where(context, async client => {
        if (await holds(client, context.properties)) return done()
        throw new ResourceFailure('its check says that not all is as up has left it')
      }),
    observe: ({ properties, data }, signal) =>
      inside
        .where(
          { properties, data, signal },
          async (client): Promise<JsonMap> => ((await holds(client, properties)) ? {} : { up: null }),
        )
        .catch(error => {
          if (error instanceof NoDatabase) return undefined
          throw error
        }),
    validateId: refuseImport,
    adopt: async ({ properties }) => {
      if (properties.up !== undefined) return done()
      return refuseImport()
    },
  }
}

/** @param database the number of the one that it was run in. */
const kept = (progress: Progress, database: string): Progress =>
  progress.kind === 'done' ? { ...progress, data: { database } } : progress

function refuseImport(): never {
  throw new ResourceFailure('a script cannot be imported: what it has done has no name', 'ValueError')
}
