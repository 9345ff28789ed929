import { isAbsolute, normalize } from 'node:path'
import { boolean, type OptionType, option } from '@hearth/core/plugin'

const folder: OptionType<string | undefined> = {
  expected: 'the absolute path of a folder',
  parse: value => (isAbsolute(value.trim()) ? normalize(value.trim()) : undefined),
  print: value => value ?? '',
}

export const root = option('file', 'root', folder, {
  default: undefined,
  help: 'Folder that the files and folders of stacks lie in, Hearth::File::…; nothing outside of it is read or written. Unset: these types are refused. Workers on several machines need the same folder there.',
})
export const shareRoot = option('file', 'share_root', boolean, {
  default: false,
  help: 'false: each project has a folder of its own below the root, named after it. true: all projects use the root itself, and can read and change what others have there.',
})
export const options = [root, shareRoot]
