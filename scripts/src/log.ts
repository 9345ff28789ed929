import { openSync } from 'node:fs'
import { type Configuration, debug, host, logFile } from '@hearth/config'
import { type DestinationStream, destination, type Logger, pino } from 'pino'
import pretty from 'pino-pretty'

/**
 * One readable line on a terminal, JSON lines else, so that a collector can read them. Each of these says whose it is.
 * @param worker the id of this worker now: it gets another one when its heartbeat came too late. Undefined: it is none.
 */
export function createLog(configuration: Configuration, worker: () => string | undefined): Logger {
  const log = pino(
    {
      level: levelOf(configuration.get(debug)),
      base: { host: configuration.get(host), pid: process.pid },
      mixin: () => ({ worker: worker() }),
      redact: ['token', 'password'],
    },
    streamOf(configuration.get(logFile)),
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
    ignore: 'host,pid,worker',
    sync: true,
  })
}
