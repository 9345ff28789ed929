import { expect } from 'chai'
import fc from 'fast-check'
import type { Json, JsonMap } from '../plugin/json.js'
import { validateTemplate } from './describe.js'
import type { StackDefinition } from './definition.js'
import { environmentOf } from './environment/environment.js'
import { defined, outcome, speaking, stack, types } from './kit.test.js'
import { mergeEnvironments } from './environment/merge-environments.js'
import { mapOf, type World, world } from './random-templates.test.js'

const environmentIn = ({ template, environment, files, environmentFiles }: World) =>
  environmentFiles.length === 0
    ? environmentOf(environment)
    : mergeEnvironments({
        parameters: {},
        environment,
        environmentFiles: [...environmentFiles],
        files,
        template,
        limits: {},
      })

const created = (one: World): StackDefinition =>
  defined({ heat_template_version: null, ...one.template }, { environment: environmentIn(one), files: one.files })

describe('any template', () => {
  it('that validate accepts is not refused by a create for what stands in it, in any version of any format', function () {
    this.timeout(60_000)
    const accepted = new Map<string, number>()
    fc.assert(
      fc.property(world, one => {
        const valid = outcome(() =>
          validateTemplate({ template: one.template, environment: environmentIn(one), files: one.files, types, stack }),
        )
        if (typeof valid === 'string') return
        const made = outcome(() => created(one))
        expect(made).not.to.be.a('string')
        const key = Object.keys(one.template)[0] ?? ''
        accepted.set(key, (accepted.get(key) ?? 0) + 1)
      }),
      { numRuns: 1500 },
    )
    for (const key of ['heat_template_version', 'AWSTemplateFormatVersion', 'HeatTemplateFormatVersion']) {
      expect(accepted.get(key), key).to.be.above(10)
    }
  })

  it('means the same in whichever order its resources, conditions and sections stand', function () {
    this.timeout(60_000)
    const meaning = (one: World) =>
      outcome(() => {
        const { resources, outputs } = created(one)
        const each = [...resources.values()].map((resource): [string, unknown] => [
          ` ${resource.name}`,
          [
            outcome(() => resource.resolveProperties(speaking)),
            outcome(() => resource.resolveMetadata(speaking)),
            [...resource.requires].sort(),
          ],
        ])
        return {
          resources: each.sort(([a], [b]) => (a < b ? -1 : 1)),
          outputs: [...outputs.values()].map(output => [output.name, output.resolve(speaking)]),
        }
      })
    fc.assert(
      fc.property(world, fc.infiniteStream(fc.nat()), (one, order) => {
        const [before, after] = [meaning(one), meaning({ ...one, template: shuffled(one.template, order) })]
        // Several things may be wrong: which is told first is a matter of order.
        if (typeof before === 'string') expect(after).to.be.a('string')
        else expect(after).to.deep.equal(before)
      }),
      { numRuns: 1500 },
    )
  })
})

/** The sections in another order, and what is in each of them. */
function shuffled(template: JsonMap, order: Iterator<number>): JsonMap {
  const inAnyOrder = (map: Json): Json => {
    if (typeof map !== 'object' || map === null || Array.isArray(map)) return map
    const places = Object.entries(map).map(pair => ({ pair, place: order.next().value as number }))
    return mapOf(places.sort((a, b) => a.place - b.place).map(({ pair }) => pair))
  }
  return inAnyOrder(mapOf(Object.entries(template).map(([key, section]) => [key, inAnyOrder(section)]))) as JsonMap
}
