import { expect } from 'chai'
import fc from 'fast-check'
import { onEachEngine } from './ground.js'
import { requests, typesOf } from './random-templates.js'

const runs = Number(process.env.HEARTH_RUNS ?? 200)

/** What is made of these touches nothing outside of the database. */
const harmless = /^(OS::Heat::|AWS::|inner\.yaml)/

onEachEngine('what validate accepts', ({ api, daemon, name }) => {
  it('is accepted by a create, whatever types and functions are in it', async () => {
    const project = daemon().api('validate')
    const types = await typesOf(api())
    let accepted = 0
    let refused = 0
    await fc.assert(
      fc.asyncProperty(requests(types), async request => {
        const valid = await project.send('POST', '/validate', request)
        if (valid.status !== 200) {
          expect(valid.status, JSON.stringify(valid.body)).to.equal(400)
          expect(valid.body.errors, JSON.stringify(valid.body)).to.have.length.above(0)
          refused++
          return
        }
        accepted++
        const resources = Object.values(request.template.resources as Record<string, { type: string }>)
        const made = resources.every(({ type }) => harmless.test(type))
        const answer = await project.send('POST', made ? '/stacks' : '/stacks/preview', {
          stack_name: name(),
          ...request,
        })
        expect(answer.status, `${JSON.stringify(answer.body)} for ${JSON.stringify(request)}`).to.equal(
          made ? 201 : 200,
        )
        // No project has more than 512 stacks; that the end of each is awaited would take long.
        if (made) await project.send('DELETE', `/stacks/${answer.body.stack.stack_name}/${answer.body.stack.id}`)
      }),
      { numRuns: runs },
    )
    expect(accepted, 'templates that were right').to.be.above(runs / 40)
    expect(refused, 'templates that were wrong').to.be.above(runs / 40)
  }).timeout(120_000)
})
