import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { runSeeds } from './seeds.js'

const program = fileURLToPath(new URL('./main.js', import.meta.url))
/** A world with signals, hooks and stacks inside. */
const variedSeed = 81
/** Worlds that are always run, by two processes, and the time in which more are, in seconds. */
const least = 100
const seconds = 75
const processes = 2
const deadlineMs = 540_000

/** @returns what it printed, and whether every world was in order. */
function run(from: number): Promise<{ text: string; code: number | null }> {
  const args = ['--from', from, '--seeds', 100_000, '--seconds', seconds, '--least', least / processes]
  const child = spawn(process.execPath, ['--enable-source-maps', program, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', chunk => (text += chunk))
  return new Promise(resolve => child.on('close', code => resolve({ text, code })))
}

describe('the convergence engine in simulated worlds', () => {
  it('keeps its promises, whatever dies, pauses or gets lost', async function () {
    this.timeout(deadlineMs)
    const runs = await Promise.all(Array.from({ length: processes }, (_, index) => run(1 + index * 100_000)))
    let worlds = 0
    for (const { text, code } of runs) {
      expect(code, text).to.equal(0)
      worlds += Number(/^(\d+) worlds/m.exec(text)?.[1])
    }
    expect(worlds).to.be.at.least(least)
    console.log(`      ${worlds} worlds`)
  })

  it('runs a world again exactly, from its seed', async function () {
    this.timeout(deadlineMs)
    const traces: string[] = []
    for (let time = 0; time < 2; time++) {
      const { signals, cleared } = await runSeeds({
        from: variedSeed,
        most: 1,
        done: (_seed, { trace }) => traces.push(trace.join('\n')),
      })
      expect([signals, cleared].every(count => count > 0)).to.equal(true)
    }
    expect(traces[0]).to.have.length.above(10_000)
    expect(traces[0]).to.contain('cloud create 0')
    expect(traces[1]).to.equal(traces[0])
  })
})
