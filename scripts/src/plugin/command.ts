import { type Command, Option } from 'commander'
import type { PluginKind } from './names.js'
import { folderOf, newPlugin } from './new.js'
import { packHearth } from './packed.js'

/** `hearth-manage plugin …`: for those who write plugins. It needs neither configuration nor database. */
export function addPluginCommands(program: Command, say: (text: string) => void): void {
  const plugin = program.command('plugin').description('packages of engines and resource types')
  plugin
    .command('new <name>')
    .description('write the npm package of a new plugin, whose tests pass as it is')
    .addOption(
      new Option('--kind <kind>', 'what it brings').choices(['engine', 'resource-type']).default('resource-type'),
    )
    .option('--folder <folder>', 'where it goes; default: a folder of its name in the working one')
    .action((name: string, { kind, folder = folderOf(name) }: { kind: PluginKind; folder?: string }) => {
      for (const file of newPlugin(name, kind, folder, packHearth)) say(`${folder}/${file}`)
      say(`Next: cd ${folder} && npm install && npm test`)
    })
}
