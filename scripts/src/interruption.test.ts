import { spawn } from 'node:child_process'
import { expect } from 'chai'

const module = JSON.stringify(new URL('./interruption.js', import.meta.url).href)

/** Interrupts a process each time that it says something. @returns its exit code, and all that it said. */
async function interrupted(program: string): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stdout.on('data', chunk => {
    said += chunk
    child.kill('SIGINT')
  })
  child.stderr.on('data', chunk => (said += chunk))
  const code = await new Promise<number | null>(resolve => child.once('close', resolve))
  return { code, said }
}

describe('An interruption of the tool', () => {
  it('ends it while nothing has begun, and says so', async () => {
    const loading = `await import(${module}); console.log('loading'); setInterval(() => {}, 1000)`
    expect(await interrupted(loading)).to.deep.equal({ code: 130, said: 'loading\nInterrupted.\n' })
  })

  it('is left to a command that heeds it, but for the second time', async () => {
    const working = `const { untilInterrupted } = await import(${module})
      untilInterrupted().addEventListener('abort', () => console.log('ending'))
      console.log('working')
      setInterval(() => {}, 1000)`
    expect(await interrupted(working)).to.deep.equal({ code: 130, said: 'working\nending\nInterrupted.\n' })
  })
})
