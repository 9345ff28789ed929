/**
 * Ctrl-C and SIGTERM for the operator's tool, from the first moment on: before a command is loaded nothing has been done. It
 * imports nothing, so that it is there before all else.
 */

/** The exit code of a process that Ctrl-C ended. */
export const interruptedCode = 130

const controller = new AbortController()
let heeded = false

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (heeded && !controller.signal.aborted) return controller.abort()
    process.stderr.write('Interrupted.\n')
    process.exit(interruptedCode)
  })
}

/** From now on the first signal asks the command to come to an end by itself; a second one ends the process. */
export function untilInterrupted(): AbortSignal {
  heeded = true
  return controller.signal
}
