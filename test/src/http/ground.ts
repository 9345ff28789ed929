import { type Api, Daemon, templates } from '@hearth/conformance'
import { expect } from 'chai'

/** What a suite of the API stands on. */
export interface Ground {
  /** As the project `demo`. */
  api(): Api
  daemon(): Daemon
  /** Expects a refusal: its status, its whole message or a part of it, and Heat's name of the error. */
  refused(
    method: string,
    path: string,
    body: unknown,
    status: number,
    message: RegExp | string,
    type?: string,
  ): Promise<void>
  /** Expects that a create with this body, beside a name and a template that are right, is refused. */
  refusedCreate(body: object, status: number, message: RegExp | string, type?: string): Promise<void>
}

let starting: Promise<Daemon> | undefined
after(async () => (await starting)?.remove())

/** Registers a suite of the API as Heat's clients know it; what engines do with it is the kit's. All share one daemon. */
export function ofTheApi(title: string, suite: (ground: Ground) => void): void {
  describe('the HTTP API', () => {
    let daemon: Daemon
    before(async () => {
      daemon = await (starting ??= Daemon.start({ engine: 'true' }))
    })

    const api = (): Api => daemon.api()
    const refused: Ground['refused'] = async (method, path, body, status, message, type) => {
      const answer = await api().send(method, path, body)
      expect(answer.status, JSON.stringify(answer.body)).to.equal(status)
      expect(answer.body).to.include.keys('code', 'title', 'explanation', 'error')
      expect(answer.body.code).to.equal(status)
      if (message instanceof RegExp) expect(answer.body.error.message).to.match(message)
      else expect(answer.body.error.message).to.equal(message)
      if (type !== undefined) expect(answer.body.error.type).to.equal(type)
    }
    const refusedCreate: Ground['refusedCreate'] = (body, status, message, type) =>
      refused(
        'POST',
        '/stacks',
        { stack_name: 'bad', template: templates.template({}), ...body },
        status,
        message,
        type,
      )

    describe(title, () => suite({ api, daemon: () => daemon, refused, refusedCreate }))
  })
}
