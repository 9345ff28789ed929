import { ofDatabase, type Queryable, type ResourceRow, type Transaction } from '@hearth/db'
import { expect } from 'chai'
import { memoryDefinition } from '../plan/memory.test.js'
import { inTurns } from '../pieces.js'
import { done, type Prepared, type Task } from '../plugin/index.js'
import { plainLanguage } from '../template/language.js'
import { freshRow, plainType } from './kit.test.js'
import { type LifecycleParts, ResourceLifecycle } from './lifecycle.js'
import { Secrets } from './secrets/secrets.js'
import { typeRegistry } from './types.js'

const box = plainType({
  name: 'Box',
  properties: { text: { type: 'string' } },
  create: async () => done({ physicalId: 'made' }),
  suspend: async () => done({ attributes: { text: '\0' } }),
})
const types = typeRegistry([box])
const definition = memoryDefinition([box], { a: { type: 'Box' }, b: { type: 'Box', depends_on: 'a' } })
const stack = { id: 'stack', rootId: 'stack', project: 'demo', name: 'memory' }
const rowOf = (name: string, patch: Partial<ResourceRow> = {}): ResourceRow =>
  freshRow({ id: name, stackId: 'stack', rootId: 'stack', name, type: 'Box', replaces: null }, patch)

const lifecycleOf = (
  rows: readonly ReturnType<typeof rowOf>[],
  refuse?: Error,
  written: (values: readonly unknown[]) => void = () => undefined,
) =>
  new ResourceLifecycle({
    db: {
      async query({ name }: { name: string }, values: readonly [readonly string[]]) {
        if (refuse !== undefined) throw refuse
        const [ids] = values
        if (name === 'resource-write') written(values)
        if (name === 'resource-by-ids') return rows.filter(({ id }) => ids.includes(id))
        if (name === 'resource-named') return rows
        return []
      },
    } as unknown as Queryable,
    definitions: {
      ofTemplates: async (wanted: readonly { readonly template: string }[]) =>
        new Map(wanted.map(({ template }) => [template, definition])),
    },
    types,
    secrets: new Secrets('of a test'),
    log: { debug() {}, info() {}, warn() {}, error() {} },
    constraints: plainLanguage.constraints,
    now: () => 0,
    measured: (prepared: Prepared) => prepared,
    signalUrl: () => ({ plain: '', signed: '' }),
    isOver: async () => false,
    children: {},
    attributesNow: async (all: unknown) => all,
    maxTemplateSize: () => 1_000,
    maxStackValues: () => 1_000_000,
  } as unknown as LifecycleParts)

const taskOf = (resource: string, step: Task['step'], action: string): Task => ({
  key: resource,
  resource,
  step,
  operation: { id: 'o', action, stack, template: 't', previous: null, timeoutSeconds: 60 } as Task['operation'],
})
const run = ({ run }: Prepared) => run(new AbortController().signal, async () => undefined)
const endOf = async (prepared: Prepared) => (await run(prepared)).end

describe('A batch of steps', () => {
  it('goes on without those whose rows cannot be read', async () => {
    const lifecycle = lifecycleOf([rowOf('a', { data: 'v1:of:another:key' }), rowOf('b'), rowOf('c')])
    const [a, c] = await lifecycle.prepare([taskOf('a', 'converge', 'CREATE'), taskOf('c', 'converge', 'CREATE')])
    expect(await endOf(a as Prepared)).to.deep.equal({
      kind: 'failed',
      reason:
        'Resource a cannot be read: Stored resource data cannot be decrypted: [DEFAULT] auth_encryption_key is not the key it was written with.',
    })
    expect(await endOf(c as Prepared)).to.deep.equal({ kind: 'done' })
  })

  it('is decided before all other work where it is read in a transaction', async () => {
    let pieces = 0
    const other = function* () {
      for (let done = 0; done < 4; done++) {
        for (const end = performance.now() + 12; performance.now() < end; );
        pieces += 1
        yield
      }
    }
    const others = Promise.all([inTurns(other()), inTurns(other()), inTurns(other())])
    const tx = { query: async () => [rowOf('a')], afterCommit: () => undefined } as unknown as Transaction
    const before = pieces
    await lifecycleOf([]).prepare([taskOf('a', 'converge', 'CREATE')], tx)
    expect(pieces - before).to.equal(0)
    await others
    expect(pieces).to.equal(12)
  })

  it('is not begun while the database refuses to answer', async () => {
    const away = ofDatabase(new Error('Connection terminated unexpectedly'))
    const error = await lifecycleOf([rowOf('a')], away)
      .prepare([taskOf('a', 'converge', 'CREATE')])
      .catch((thrown: unknown) => thrown)
    expect(error).to.equal(away)
  })
})

describe('Steps that are given up', () => {
  it('are FAILED, and a row that cannot be read keeps what is encrypted as it is', async () => {
    const lost = { data: 'v1:of:another:key', hiddenProperties: 'v1:and:one:more', sealed: 'v1:and:a:third' }
    const under = { action: 'CREATE', status: 'IN_PROGRESS', physicalId: 'made', cursor: { until: 1 } }
    const rows = [rowOf('a', { ...under, ...lost, properties: { text: 'shown' } }), rowOf('b', under)]
    let written: readonly unknown[] = []
    const lifecycle = lifecycleOf(rows, undefined, values => (written = values))
    const tx = (lifecycle as unknown as { parts: LifecycleParts }).parts.db as Transaction
    await lifecycle.giveUp(['a', 'b'], 'timeout', tx)
    // As PostgreSQL reads arrays: of each column the values of both rows, or the one that both have.
    expect(written).to.include.members([
      '{"FAILED"}',
      '{"CREATE aborted (Timed out)"}',
      '{"made"}',
      ...Object.values(lost).map(sealed => `{"${sealed}",NULL}`),
    ])
  })
})

describe('What a visit leaves', () => {
  it('is refused where it cannot be stored, as that of a create is', async () => {
    const row = rowOf('a', { action: 'CREATE', requires: [], deletionPolicy: 'Delete', attributes: { text: 'kept' } })
    const [prepared] = await lifecycleOf([row]).prepare([taskOf('a', 'suspend', 'SUSPEND')])
    const { end, change } = await run(prepared as Prepared)
    expect(end).to.deep.equal({
      kind: 'failed',
      reason:
        'Resource SUSPEND failed: ValueError: resources.a: attributes.text has text that cannot be stored: a NUL character, or half of a surrogate pair',
    })
    expect((change as unknown as { now: { attributes: object } }).now.attributes).to.deep.equal({ text: 'kept' })
  })
})
