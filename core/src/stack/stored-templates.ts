import { type Queryable, type StackRow, type NewTemplateRow, type TemplateRow, templates } from '@hearth/db'
import type { JsonMap, Transaction } from '../plugin/index.js'
import { digestOf } from '../resource/digest.js'
import type { Secrets } from '../resource/secrets/secrets.js'
import { aroundIn, type Environment, type Facade, writeJson } from '../template/index.js'
import { openTree, sealTree, treeIn } from './sealed-trees.js'

export interface TemplateContent {
  readonly content: JsonMap
  readonly environment: Environment
  readonly files: Record<string, string>
  /** Of a stack inside a resource. */
  readonly facade?: Facade
}

/**
 * Stores an immutable template row.
 * @param definition what was made of it, or of what it came from: where that holds secrets, all of it is encrypted.
 */
export async function storeTemplate(
  tx: Transaction,
  secrets: Secrets,
  stack: Pick<StackRow, 'id' | 'rootId'>,
  content: TemplateContent,
  definition: { readonly holdsSecrets: boolean },
  { id, size }: Pick<NewTemplateRow, 'id' | 'size'>,
): Promise<void> {
  await templates.insert(tx, {
    id,
    stackId: stack.id,
    rootId: stack.rootId,
    size,
    ...(definition.holdsSecrets ? sealedRow(content, secrets) : plainRow(content)),
  })
}

type Stored = Omit<NewTemplateRow, 'id' | 'stackId' | 'rootId' | 'size'>

const plainRow = ({ content, environment, files, facade }: TemplateContent): Stored => ({
  content: writeJson(content),
  environment: writeJson(environment),
  files,
  ...(facade === undefined ? {} : { facade: writeJson(facade) }),
  digest: digestOf([content, environment, files, facade]),
  sealed: null,
})

function sealedRow({ content, environment, files, facade }: TemplateContent, secrets: Secrets): Stored {
  const all = { content, environment, files, ...aroundIn({ facade }) }
  return {
    content: '{}',
    environment: '{}',
    files: {},
    digest: secrets.digestOf(all),
    sealed: sealTree(secrets, all),
  }
}

/** What a row was made of. */
export function openTemplate(row: TemplateRow, secrets: Secrets): TemplateContent {
  if (row.sealed !== null) return openTree(secrets, row.sealed) as unknown as TemplateContent
  return {
    content: treeIn(row.content),
    environment: treeIn(row.environment) as unknown as Environment,
    files: row.files,
    ...aroundIn({ facade: facadeIn(row) }),
  }
}

const facadeIn = ({ facade }: TemplateRow): Facade | undefined =>
  facade === undefined || facade === null ? undefined : (treeIn(facade) as unknown as Facade)

/** Nothing has removed it: whoever asks for a template has a stack that points at it. */
export const templateGone = (template: string, { name }: Pick<StackRow, 'name'>): Error =>
  new Error(`template ${template} of stack ${name} is gone`)

/** What a stack was made of. @throws Error if it is gone: whoever asks has a stack that points at it. */
export async function templateOf(
  { db, secrets }: { readonly db: Queryable; readonly secrets: Secrets },
  stack: Pick<StackRow, 'name' | 'templateId'>,
): Promise<TemplateContent> {
  const [row] = await templates.byIds(db, [stack.templateId])
  if (row === undefined) throw templateGone(stack.templateId, stack)
  return openTemplate(row, secrets)
}
