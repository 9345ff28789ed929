import { randomUUID } from 'node:crypto'
import type { ResourceRow, ResourceWrite } from '@hearth/db'
import { atOnce } from '../pieces.js'
import type { JsonMap, PlanNode, ReachingAction, ResourceChange, ResourceType, Task } from '../plugin/index.js'
import type { Change } from '../resource/rows/change.js'
import { prepareCleanup } from '../resource/cleanup.js'
import { prepareConverge } from '../resource/converge.js'
import { type Incarnation, incarnationOf } from '../resource/rows/incarnation.js'
import { freshRow } from '../resource/kit.test.js'
import { scopeOf } from '../resource/attributes/scope.js'
import { Secrets } from '../resource/secrets/secrets.js'
import { typeRegistry } from '../resource/types.js'
import { plainLanguage } from '../template/language.js'
import { define, emptyEnvironment, type StackDefinition } from '../template/index.js'
import { buildPlan } from './build.js'
import { type ChangeKind, type ForeseenChange, foreseenChanges } from './changes.js'
import { chooseIncarnation, chooseWanted } from './choose.js'
import { foresee, settledNames } from './decisions.js'

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const stack = { id: 'stack', rootId: 'stack', project: 'demo', name: 'memory' }

/** A stack whose rows lie in memory: the plans, decisions and steps are the real ones, the engine is a loop. */
export class MemoryStack {
  private readonly secrets = new Secrets('of a test')
  private types: ReturnType<typeof typeRegistry>
  private rows: ResourceRow[] = []
  private current: string | null = null

  constructor(types: readonly ResourceType[]) {
    this.types = typeRegistry(types)
  }

  /** Other types from now on. */
  load(types: readonly ResourceType[]): void {
    this.types = typeRegistry(types)
  }

  /** What an update to `definition` would do, as preview asks. */
  foresee(definition: StackDefinition): ForeseenChange[] {
    const { plan, foreseen } = this.planFor(definition, randomUUID())
    return foreseenChanges(plan, foreseen, this.existing())
  }

  /**
   * Brings the stack to `definition`.
   * @param found physical ids of what exists and is taken over, by name.
   * @returns what happened to each name, or why a step failed.
   */
  async update(
    definition: StackDefinition,
    found?: Readonly<Record<string, string>>,
  ): Promise<Map<string, ChangeKind> | { readonly failed: string }> {
    const template = randomUUID()
    const before = new Map(this.existing().map(one => [one.name, one.id]))
    const { plan } = this.planFor(definition, template)
    const added = plan.added.map(one => freshRow({ ...one, stackId: stack.id, rootId: stack.id, replaces: null }))
    this.rows.push(...added.map(row => ({ ...row, physicalId: found?.[row.name] ?? null })))
    const updated = new Set<string>()
    const action = found === undefined ? 'UPDATE' : 'ADOPT'
    for (const node of plan.nodes) {
      const why = await this.run(node, definition, { action, template }, updated)
      if (why !== undefined) {
        this.current = template
        return { failed: why }
      }
    }
    this.current = template
    this.rows = this.rows.map(row => ({ ...row, templateId: template }))
    const after = new Map(this.existing().map(one => [one.name, one.id]))
    const kindOf = (name: string): ChangeKind => {
      if (!before.has(name)) return 'added'
      if (!after.has(name)) return 'deleted'
      if (before.get(name) !== after.get(name)) return 'replaced'
      return updated.has(name) ? 'updated' : 'unchanged'
    }
    return new Map([...new Set([...before.keys(), ...after.keys()])].map(name => [name, kindOf(name)]))
  }

  /** The rows of a name, as they are kept. */
  kept(name: string): ResourceRow[] {
    return this.rows.filter(row => row.name === name)
  }

  /** A resource is FAILED from now on. */
  break(name: string, action?: string): void {
    this.alter(name, row => ({ action: action ?? row.action, status: 'FAILED' }))
  }

  /** The worker of a resource is gone, in the middle of its step on what `physicalId` names. */
  die(name: string, physicalId: string): void {
    this.alter(name, () => ({ status: 'IN_PROGRESS', physicalId }))
  }

  private alter(name: string, how: (row: ResourceRow) => Partial<ResourceRow>): void {
    this.rows = this.rows.map(row => (row.name === name ? { ...row, ...how(row) } : row))
  }

  private existing(): Incarnation[] {
    return this.rows.map(row => incarnationOf(row, this.secrets))
  }

  private planFor(definition: StackDefinition, target: string) {
    const existing = this.existing()
    const chosen = chooseWanted(existing, definition.resources, target, this.current)
    const foreseen = atOnce(foresee(definition, chosen, this.types, this.secrets))
    const plan = buildPlan({
      wanted: definition.resources,
      existing,
      leansOn: one => one.requires ?? [],
      chosen,
      settled: settledNames(definition, foreseen),
      effectless: () => false,
      newId: randomUUID,
    })
    return { plan, foreseen }
  }

  /** Runs one node to its end, as an engine would. @returns why it failed. */
  private async run(
    { resource, step }: PlanNode,
    definition: StackDefinition,
    { action, template }: { readonly action: ReachingAction; readonly template: string },
    updated: Set<string>,
  ): Promise<string | undefined> {
    const { constraints } = plainLanguage
    const parts = {
      types: this.types,
      secrets: this.secrets,
      log,
      constraints,
      now: () => 0,
      sizes: { checkOf: () => async () => undefined },
    } as unknown as Parameters<typeof prepareConverge>[1]
    let id = resource
    for (;;) {
      const existing = this.existing()
      const incarnation = existing.find(one => one.id === id)
      if (incarnation === undefined) return undefined
      const operation = { action, stack, template, previous: this.current, timeoutSeconds: 60 } as Task['operation']
      const task: Task = { key: id, resource: id, step, operation }
      const find = (name: string) =>
        chooseIncarnation(
          existing.filter(one => one.name === name),
          template,
          this.current,
        )
      const live = ({ data }: Incarnation) => data.live ?? null
      const scope = scopeOf({ find, types: this.types, missing: name => name, live })
      const loaded = { task, incarnation, definition, find, scope, behindFailure: false }
      const prepared = step === 'converge' ? prepareConverge(loaded, parts) : prepareCleanup(loaded, parts)
      if (prepared.begin !== undefined) this.write(prepared.begin, updated)
      const { end, change } = await prepared.run(new AbortController().signal, async saved =>
        this.write(saved, updated),
      )
      if (change !== undefined) this.write(change, updated)
      if (end.kind === 'failed') return end.reason
      if (end.kind === 'done') return undefined
      if (end.kind === 'replaced') id = end.resource
    }
  }

  private write(change: ResourceChange, updated: Set<string>): void {
    const write: ResourceWrite = (change as Change).toWrite(this.secrets)
    if (write.events.some(({ action }) => action === 'UPDATE')) {
      for (const { resourceName } of write.events) updated.add(resourceName)
    }
    this.rows = this.rows
      .filter(({ id }) => write.remove !== true || id !== write.id)
      .map(row => (row.id === write.id && write.state !== undefined ? { ...row, ...write.state } : row))
    if (write.insert !== undefined) this.rows.push(freshRow(write.insert))
  }
}

/** A definition of these resources. */
export const memoryDefinition = (types: readonly ResourceType[], resources: JsonMap): StackDefinition =>
  define({
    template: { heat_template_version: '2021-04-16', resources },
    environment: emptyEnvironment,
    files: {},
    stack,
    types: typeRegistry(types),
  })
