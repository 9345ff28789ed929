import { labelOf } from '@hearth/config'
import { startDaemon } from './daemon.js'
import { showSourceLines } from './source-lines.js'
import { givenFiles, newProgram, readRuntime, splitArguments } from './runtime.js'

/** The daemon: starts, says that it is ready, and stops cleanly on SIGTERM and Ctrl-C. */

/** A stop that takes longer than this is cut off, in milliseconds. */
const stopDeadlineMs = 9_500

const progress = (text: string): void => {
  process.stderr.write(`hearth: ${text}…\n`)
}

showSourceLines()

async function main(): Promise<void> {
  const { overrides, rest } = splitArguments(process.argv.slice(2))
  const program = newProgram('hearth', 'The Hearth orchestration daemon').parse(rest, { from: 'user' })
  const runtime = await readRuntime(givenFiles(program), overrides)
  let asked = false
  const early = (): void => {
    asked = true
  }
  process.on('SIGTERM', early).on('SIGINT', early)
  const daemon = await startDaemon(runtime, progress)
  const { log } = daemon

  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    log.info('Stopping')
    setTimeout(() => {
      log.error(`Stopping took longer than ${stopDeadlineMs / 1000} s; what has not ended is cut off, as by a kill`)
      process.exit(1)
    }, stopDeadlineMs).unref()
    daemon.stop().then(
      () => process.exit(0),
      error => {
        log.error({ err: error }, 'Stopping failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop).on('SIGINT', stop)
  process.on('SIGHUP', () => {
    daemon.reopenLog()
    const { read, changed, problems } = runtime.configuration.reload()
    for (const problem of problems) log.warn(problem)
    if (!read) log.warn('The configuration cannot be read again: all options stay as they are')
    else if (changed.length === 0) log.info('Configuration read again: nothing changed')
    else log.info(`Configuration read again: ${changed.map(labelOf).join(', ')} changed`)
  })
  process.on('unhandledRejection', error => log.error({ err: error }, 'A promise was rejected and nobody looked'))

  process.stdout.write(`${readyText(daemon.url)}\n`)
  if (daemon.monitoring !== undefined) log.info(`Health and metrics at ${daemon.monitoring}`)
  if (asked) stop()
}

/** The one line that says where the daemon is, and what to type next. */
const readyText = (url: string | undefined): string =>
  url === undefined
    ? 'Hearth is ready to work; it has no api role and answers no requests'
    : `Hearth is ready at ${url}/v1/demo. Next: openstack --os-auth-type none --os-endpoint ${url}/v1/demo stack create -t examples/hello.yaml --wait hello`

main().catch(error => {
  process.stderr.write(`hearth: ${(error as Error).message}\n`)
  process.exit(1)
})
