import type { StackRow } from '@hearth/db'
import { type DefinitionContent, isTemplateFile, type StackDefinition } from '../../template/index.js'
import { isMap } from '../../template/values/maps.js'
import { refOf } from '../records.js'
import type { StackServices } from '../services.js'

/**
 * What a stack of members is to be, with the files that it had, if some of its members are still of one that came with the
 * stack around before, and does not any more: while a group is changed in batches, and where that has failed.
 */
export async function withFormerFiles(
  { definitions }: Pick<StackServices, 'definitions'>,
  stack: StackRow,
  content: DefinitionContent,
): Promise<DefinitionContent> {
  const before = await definitions.ofTemplate(stack.templateId, refOf(stack))
  return { ...content, files: filesFor(content, before) }
}

/** All of them, as Heat does (heat/common/grouputils.py, get_child_template_files): a template may need others. Pure. */
function filesFor(
  { content, files }: Pick<DefinitionContent, 'content' | 'files'>,
  before: Pick<StackDefinition, 'files' | 'version'>,
): Record<string, string> {
  const { sections, resource: words } = before.version.words
  const members = content[sections.resources]
  const types = Object.values(isMap(members) ? members : {}).map(one => (isMap(one) ? one[words.type] : undefined))
  const isFormer = (type: unknown): boolean =>
    typeof type === 'string' && isTemplateFile(type) && !Object.hasOwn(files, type) && Object.hasOwn(before.files, type)
  return types.some(isFormer) ? { ...before.files, ...files } : files
}
