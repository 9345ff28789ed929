import { expect } from 'chai'
import type { Stack } from './kit/api.js'
import type { Daemon } from './kit/daemon.js'
import { eachEngine } from './kit/engines.js'
import { Random } from './kit/random.js'
import { type Resource, template, test, value } from './kit/templates.js'

const stacks = 8
const rounds = 4

eachEngine('random operations while daemons are killed', ({ another, name, engine }) => {
  it('leave every stack settled, and whole again after one good update', async function () {
    this.timeout(180_000)
    const seed = Number(process.env.HEARTH_SEED ?? Date.now() % 1_000_000)
    // A failing run is told by its seed, though processes keep their own time.
    const random = new Random(seed)
    const pause = (): Promise<void> => new Promise(resolve => setTimeout(resolve, random.below(600)))
    try {
      await run()
    } catch (error) {
      throw new Error(`HEARTH_SEED=${seed}: ${(error as Error).message}`, { cause: error })
    }

    async function run(): Promise<void> {
      let daemon = await another()
      const all: { stack: Stack; deleted: boolean }[] = []
      for (let index = 0; index < stacks; index++) {
        const stack = await daemon
          .api()
          .create(name(), anyTemplate(random, 'v0'), { disable_rollback: random.below(2) === 0 })
        all.push({ stack, deleted: false })
      }
      for (let round = 1; round <= rounds; round++) {
        await pause()
        for (const one of all) if (!one.deleted && random.below(2) === 0) await operate(one, `v${round}`)
        await pause()
        if (round % 2 === 0) daemon = await crash(daemon, all)
      }
      for (const { stack, deleted } of all) {
        const shown = await stack.settled(40_000)
        if (!deleted || shown.stack_status === 'DELETE_COMPLETE') continue
        // A delete that died with its process is asked for again, where the engine does not go on by itself.
        expect(engine.afterCrash, `${stack.name} is ${shown.stack_status}`).to.equal('fails')
        expect((await stack.delete()).status).to.equal(204)
        await stack.reaches('DELETE_COMPLETE', 30_000)
      }
      await mend(all.filter(({ deleted }) => !deleted).map(({ stack }) => stack))
    }

    async function operate(one: { stack: Stack; deleted: boolean }, version: string): Promise<void> {
      const which = random.below(8)
      if (which === 0) {
        expect((await one.stack.delete()).status).to.equal(204)
        one.deleted = true
        return
      }
      const answer = await one.stack.update(anyTemplate(random, version))
      expect(answer.status, JSON.stringify(answer.body)).to.be.oneOf(engine.overlapping ? [202] : [202, 409])
      if (which > 2) return
      // Two at once, of which it is not known what they find: the kill may come before either has been heeded.
      const cancels = which === 1 ? ['cancel_update', 'cancel_update'] : ['cancel_update', 'cancel_without_rollback']
      for (const { status, body } of await Promise.all(cancels.map(cancel => one.stack.action(cancel))))
        expect(status, JSON.stringify(body)).to.be.oneOf([200, 400])
    }

    async function crash(daemon: Daemon, all: { stack: Stack }[]): Promise<Daemon> {
      await daemon.end('SIGKILL')
      const next = await another({ stateDir: daemon.stateDir })
      for (const one of all) one.stack = next.api().again(one.stack)
      return next
    }

    /** Whatever state a stack was left in, a good template brings it to exactly that. */
    async function mend(left: Stack[]): Promise<void> {
      const good = template(
        { a: test({ value: 'good' }), b: value({ get_attr: ['a', 'output'] }) },
        { b: { get_attr: ['b', 'value'] } },
      )
      for (const stack of left) {
        // Legacy still holds a stack whose operation has failed while its last steps end.
        const accepted = await until202(() => stack.update(good))
        expect(accepted, stack.name).to.equal(true)
      }
      for (const stack of left) {
        await stack.reaches('UPDATE_COMPLETE', 30_000)
        expect(Object.keys(await stack.resources())).to.have.members(['a', 'b'])
        expect(await stack.outputs()).to.deep.equal({ b: 'good' })
        await stack.delete()
      }
      for (const stack of left) await stack.reaches('DELETE_COMPLETE', 30_000)
    }

    async function until202(send: () => Promise<{ status: number }>): Promise<boolean> {
      for (let tries = 0; tries < 100; tries++) {
        if ((await send()).status === 202) return true
        await new Promise(resolve => setTimeout(resolve, 50))
      }
      return false
    }
  })
})

/** Resources that wait, are replaced, and now and then fail. */
function anyTemplate(random: Random, version: string): ReturnType<typeof template> {
  const resources: Record<string, Resource> = {}
  const size = 3 + random.below(8)
  for (let index = 0; index < size; index++) {
    const depends_on = Array.from({ length: index }, (_, at) => `r${at}`).filter(() => random.below(4) === 0)
    resources[`r${index}`] =
      random.below(3) === 0
        ? value(`${version}-${index}`, { depends_on })
        : test(
            {
              value: `${version}-${index}`,
              wait_secs: random.below(5) / 10,
              update_replace_value: random.below(3) === 0 ? version : 'x',
              fail: random.below(25) === 0,
            },
            { depends_on },
          )
  }
  return template(resources)
}
