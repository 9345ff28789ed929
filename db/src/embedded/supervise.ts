import { type EmbeddedInput, EmbeddedPostgres } from './server.js'

/** Seconds between attempts to start a server again that has died. */
const retrySeconds = [0.1, 1, 2, 5, 10]

export interface Supervised {
  readonly url: string
  stop(): Promise<void>
}

/** Starts the server, and starts it again on the same port whenever it dies. */
export async function superviseEmbedded(input: EmbeddedInput, warn: (message: string) => void): Promise<Supervised> {
  let server = await EmbeddedPostgres.start(input)
  const { url, port } = server
  let stopped = false
  let wakeUp = (): void => undefined
  let starting: Promise<void> = Promise.resolve()

  function watch(): void {
    void server.ended.then(unasked => {
      if (unasked && !stopped) starting = startAgain()
    })
  }
  async function startAgain(): Promise<void> {
    warn('the database server has died; starting it again')
    for (let tries = 0; !stopped; tries++) {
      try {
        server = await EmbeddedPostgres.start({ ...input, port })
        warn('the database server runs again')
        return watch()
      } catch (error) {
        if (stopped) return
        const wait = retrySeconds[Math.min(tries, retrySeconds.length - 1)] as number
        warn(`the database server does not start (${(error as Error).message}); next attempt in ${wait} s`)
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, wait * 1000)
          wakeUp = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
    }
  }

  watch()
  return {
    url,
    async stop() {
      stopped = true
      wakeUp()
      await starting
      await server.stop()
    },
  }
}
