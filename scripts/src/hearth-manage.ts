import { dbCommands } from './manage/db.js'
import { migrateConvergence } from './manage/migrate-convergence.js'
import { purgeDeleted } from './manage/purge-deleted.js'
import { serviceCommands } from './manage/service.js'
import { say, type Tool } from './manage/tool.js'
import { addPluginCommands } from './plugin/command.js'
import { givenFiles, newProgram, readRuntime, splitArguments } from './runtime.js'

/** The operator's tool. Every command takes the daemon's own configuration. */

const { overrides, rest } = splitArguments(process.argv.slice(2))
const program = newProgram('hearth-manage', 'Looks after the database and the stacks of a Hearth daemon')
const tool: Tool = { program, runtime: () => readRuntime(givenFiles(program), overrides) }

dbCommands(tool)
migrateConvergence(tool)
serviceCommands(tool)
purgeDeleted(tool)
addPluginCommands(program, say)

program.parseAsync(rest, { from: 'user' }).catch(error => {
  process.stderr.write(`ERROR: ${(error as Error).message}\n`)
  process.exitCode = 1
})
