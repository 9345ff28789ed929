import { openSync } from 'node:fs'
import { type Configuration, debug, logFile } from '@hearth/config'
import { type DestinationStream, destination, type Logger, pino } from 'pino'
import pretty from 'pino-pretty'

/** One readable line on a terminal, JSON lines else, so that a collector can read them. */
export function createLog(configuration: Configuration): Logger {
  const file = configuration.get(logFile)
  const log = pino(
    { level: levelOf(configuration.get(debug)), base: undefined, redact: ['token', 'password'] },
    streamOf(file),
  )
  configuration.watch(debug, on => {
    log.level = levelOf(on)
  })
  return log
}

const levelOf = (on: boolean): string => (on ? 'debug' : 'info')

function streamOf(file: string | undefined): DestinationStream {
  if (file !== undefined) return destination({ dest: openSync(file, 'a'), sync: true })
  if (!process.stdout.isTTY) return destination({ dest: 1, sync: true })
  return pretty({
    colorize: true,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname',
    sync: true,
  })
}
