import { isTransaction, patiently, type Queryable, type TemplateRow, templates } from '@hearth/db'
import { inTurnsOn } from '../pieces.js'
import type { TypeRegistry } from '../resource/types.js'
import type { Secrets } from '../resource/secrets/secrets.js'
import { openTemplate, type TemplateContent, templateGone } from './stored-templates.js'
import { aroundIn, defining, type Language, type StackDefinition } from '../template/index.js'

/** A stack, as far as its template may ask for it. */
export interface NamedStack {
  readonly id: string
  readonly name: string
  readonly project: string
}

/** Resources, of all definitions that are kept parsed together. A template row never changes, so its id is the key. */
const mostResources = 20_000

/** Parsed definitions of stored templates. */
export class Definitions {
  private readonly cache = new Map<string, StackDefinition>()
  private resources = 0

  constructor(
    private readonly db: Queryable,
    private readonly types: TypeRegistry,
    private readonly language: Language,
    private readonly secrets: Secrets,
  ) {}

  /**
   * One query for all templates that are not parsed yet. A template that is gone is missing in the answer.
   * @param unreadable takes the error of a stored template that cannot be read. Absent: it is thrown.
   */
  async ofTemplates(
    wanted: readonly { readonly template: string; readonly stack: NamedStack }[],
    on: Queryable = this.db,
    unreadable?: Map<string, unknown>,
  ): Promise<Map<string, StackDefinition>> {
    const found = new Map<string, StackDefinition>()
    const missing = new Map<string, NamedStack>()
    for (const { template, stack } of wanted) {
      const cached = this.cache.get(template)
      if (cached === undefined) missing.set(template, stack)
      else found.set(template, cached)
    }
    if (missing.size === 0) return found
    const read = (): Promise<void> => this.read(missing, on, found, unreadable)
    // To parse a large one takes its time, in which the transaction is asked nothing.
    await (isTransaction(on) ? patiently(on, read) : read())
    return found
  }

  private async read(
    missing: ReadonlyMap<string, NamedStack>,
    on: Queryable,
    found: Map<string, StackDefinition>,
    unreadable?: Map<string, unknown>,
  ): Promise<void> {
    for (const row of await templates.byIds(on, [...missing.keys()])) {
      const stack = missing.get(row.id)
      if (stack === undefined) continue
      try {
        found.set(row.id, await this.keep(row, stack, on))
      } catch (error) {
        if (unreadable === undefined) throw error
        unreadable.set(row.id, error)
      }
    }
  }

  /** @throws Error if the template row is gone: a caller asks only for templates that a stack points at. */
  async ofTemplate(template: string, stack: NamedStack, on?: Queryable): Promise<StackDefinition> {
    const definition = (await this.ofTemplates([{ template, stack }], on)).get(template)
    if (definition === undefined) throw templateGone(template, stack)
    return definition
  }

  /** The definition of content that was valid before. */
  preview(content: TemplateContent, stack: NamedStack, on: Queryable = this.db): Promise<StackDefinition> {
    const { content: template, environment, files } = content
    const { types, language } = this
    return inTurnsOn(
      on,
      defining({ template, environment, files, ...aroundIn(content), stack, types, language, validate: false }),
      stack.project,
    )
  }

  /** A definition that was just validated is at hand for the worker in the same process. */
  remember(template: string, definition: StackDefinition): void {
    this.forget(template)
    this.cache.set(template, definition)
    this.resources += weightOf(definition)
    for (const oldest of this.cache.keys()) {
      if (this.resources <= mostResources || oldest === template) break
      this.forget(oldest)
    }
  }

  private forget(template: string): void {
    const known = this.cache.get(template)
    if (known === undefined) return
    this.cache.delete(template)
    this.resources -= weightOf(known)
  }

  private async keep(row: TemplateRow, stack: NamedStack, on: Queryable): Promise<StackDefinition> {
    const definition = await this.preview(openTemplate(row, this.secrets), stack, on)
    this.remember(row.id, definition)
    return definition
  }
}

/** An empty definition costs something too. */
const weightOf = ({ resources }: StackDefinition): number => resources.size + 1
