import { expect } from 'chai'
import type { Clock, Database } from './services.js'
import { option, seconds } from '@hearth/config/option'
import { Watch } from './watch.js'

describe('a watch', () => {
  it('polls at its start and then every so often, hears what is told, and stops with both', async () => {
    const seen: string[] = []
    let timer: (() => void) | undefined
    let tell: ((payload: string) => void) | undefined
    const clock: Clock = {
      now: () => 0,
      after(ms, fn) {
        seen.push(`in ${ms}`)
        timer = fn
        return () => (timer = undefined)
      },
    }
    const listen: Database['listen'] = async (channel, heard) => {
      seen.push(channel)
      tell = heard
      return async () => {
        tell = undefined
      }
    }
    const watch = new Watch(
      { clock, db: { listen } as Database, options: { get: ({ default: value }) => value } },
      {
        channel: 'work',
        every: option('work', 'poll_seconds', seconds({ min: 1, max: 60 }), { default: 7, help: 'How often.' }),
        heard: payload => void seen.push(`heard ${payload}`),
        poll: () => void seen.push('poll'),
      },
    )
    await watch.start()
    await watch.start()
    timer?.()
    tell?.('x')
    expect(seen).to.deep.equal(['work', 'poll', 'in 7000', 'poll', 'in 7000', 'heard x'])
    await watch.stop()
    await watch.stop()
    expect([timer, tell, watch.open]).to.deep.equal([undefined, undefined, false])
  })
})
