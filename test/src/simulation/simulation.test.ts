import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { runSeeds } from './seeds.js'

const program = fileURLToPath(new URL('./main.js', import.meta.url))
/** A world with signals, hooks, stacks inside, alarms and stacks that are moved. */
const variedSeed = 176
/** Worlds that are always run, by a process for each, and the time in which more are, in seconds. */
const runs = [
  { engine: 'convergence', from: 1, least: 65 },
  { engine: 'both', from: 100_001, least: 35 },
]
const seconds = 45
const deadlineMs = 540_000

/** @returns what it printed, and whether every world was in order. */
function run({ engine, from, least }: (typeof runs)[number]): Promise<{ text: string; code: number | null }> {
  const args = ['--engine', engine, '--from', from, '--seeds', 100_000, '--seconds', seconds, '--least', least]
  const child = spawn(process.execPath, ['--enable-source-maps', program, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', chunk => (text += chunk))
  return new Promise(resolve => child.on('close', code => resolve({ text, code })))
}

describe('the engines in simulated worlds', () => {
  it('keep their promises, whatever dies, pauses or gets lost', async function () {
    this.timeout(deadlineMs)
    let worlds = 0
    for (const { text, code } of await Promise.all(runs.map(run))) {
      expect(code, text).to.equal(0)
      worlds += Number(/^(\d+) worlds/m.exec(text)?.[1])
    }
    expect(worlds).to.be.at.least(100)
    console.log(`      ${worlds} worlds`)
  })

  it('run a world again exactly, from its seed', async function () {
    this.timeout(deadlineMs)
    const traces: string[] = []
    for (let time = 0; time < 2; time++) {
      const { signals, cleared, moved, alarms } = await runSeeds({
        from: variedSeed,
        most: 1,
        engine: 'both',
        done: (_seed, { trace }) => traces.push(trace.join('\n')),
      })
      expect([signals, cleared, moved, alarms].every(count => count > 0)).to.equal(true)
    }
    expect(traces[0]).to.have.length.above(10_000)
    // A member of a group that scales, within its stack.
    expect(traces[0]).to.match(/cloud create \w{12} /)
    expect(traces[1]).to.equal(traces[0])
  })
})
