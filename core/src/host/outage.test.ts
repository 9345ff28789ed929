import { expect } from 'chai'
import type { Logger } from '../plugin/index.js'
import { Outage } from './outage.js'

describe('An outage of the database', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  let said: string[]
  let outage: Outage
  let log: Logger

  beforeEach(() => {
    said = []
    const at =
      (level: string) =>
      (_: object, message: string): void =>
        void said.push(`${level}: ${message}`)
    outage = new Outage({ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') })
    log = outage.calmLog
  })

  it('is said once, whatever fails meanwhile, and once more when it is over', () => {
    log.warn({ err: refused }, 'no heartbeat')
    log.error({ err: refused }, 'no claim')
    log.error({ err: refused }, 'no claim')
    outage.ends()
    outage.ends()
    expect(said.filter(line => !line.startsWith('debug'))).to.deep.equal([
      'error: The database cannot be reached: connect ECONNREFUSED; until it is back, requests are answered with 503 and stacks wait',
      'info: The database can be reached again',
    ])
    expect(said.filter(line => line === 'debug: no claim')).to.have.length(2)
  })

  it('is another thing than a want of room, which is said once in a while', () => {
    const full = Object.assign(new Error('No space left on device'), { code: '53100' })
    for (let times = 0; times < 3; times++) log.error({ err: full }, 'no claim')
    expect(outage.lasts).to.equal(false)
    expect(said.filter(line => !line.startsWith('debug'))).to.deep.equal([
      'error: The database has no room: No space left on device; until it has, requests may be answered with 503 and steps wait',
    ])
  })

  it('hides nothing that has another cause', () => {
    log.error({ err: refused }, 'no claim')
    log.error({ err: new Error('duplicate key') }, 'a bug')
    log.warn({ worker: 1 }, 'a lease')
    expect(said).to.include.members(['error: a bug', 'warn: a lease'])
  })
})
