import { closeSync, openSync } from 'node:fs'
import { type Configuration, debug, host, logFile } from '@hearth/config'
import { type DestinationStream, destination, type Logger, pino } from 'pino'

export interface Log {
  readonly log: Logger
  /** Goes on in a new file of the same name, if somebody has moved the one before away. */
  readonly reopen: () => void
}

/**
 * One readable line on a terminal, JSON lines else, so that a collector can read them. Each of these says whose it is.
 * @param worker the id of this worker now: it gets another one when its heartbeat came too late. Undefined: it is none.
 */
export async function createLog(configuration: Configuration, worker: () => string | undefined): Promise<Log> {
  const file = configuration.get(logFile)
  const inFile = file === undefined ? undefined : streamTo(file)
  const log = pino(
    {
      level: levelOf(configuration.get(debug)),
      base: { host: configuration.get(host), pid: process.pid },
      mixin: () => ({ worker: worker() }),
      redact: ['token', 'password'],
    },
    inFile ?? (await standardOutput()),
  )
  configuration.watch(debug, on => {
    log.level = levelOf(on)
  })
  return { log, reopen: () => inFile?.reopen() }
}

const levelOf = (on: boolean): string => (on ? 'debug' : 'info')

function streamTo(file: string): ReturnType<typeof destination> {
  // A file that cannot be written is told at once, and as what it is.
  try {
    closeSync(openSync(file, 'a'))
  } catch (error) {
    const why = (error as Error).message
    throw new Error(`[DEFAULT] log_file: ${file} cannot be written (${why}); expected a file in a folder that exists`)
  }
  return destination({ dest: file, sync: true }).on('error', (error: Error) => {
    process.stderr.write(`hearth: the log cannot be written to ${file}: ${error.message}\n`)
  })
}

async function standardOutput(): Promise<DestinationStream> {
  if (!process.stdout.isTTY) return destination({ dest: 1, sync: true })
  const { default: pretty } = await import('pino-pretty')
  return pretty({
    colorize: true,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'host,pid,worker',
    sync: true,
  })
}
