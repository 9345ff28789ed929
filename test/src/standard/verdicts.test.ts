import { Clock, Logger, Options, type PropertySchemas, ResourceType, SoftwareConfigs } from '@hearth/core/plugin'
import { judgeBy } from '@hearth/core/testing'
import heat from '@hearth/heat-resources'
import standard from '@hearth/standard-resources'
import { expect } from 'chai'
import fc from 'fast-check'
import { Container } from 'inversify'
import { asCfn } from './as-cfn.js'
import { type RandomRequest, requests, type Types } from './random-templates.js'

const runs = Number(process.env.HEARTH_RUNS ?? 1000)

/** All types that come with Hearth, without a daemon: options are as declared, and nothing outside is there. */
async function allTypes(): Promise<readonly ResourceType[]> {
  const silent = (): void => undefined
  const container = new Container()
  container.bind(SoftwareConfigs).toConstantValue({} as SoftwareConfigs)
  container.bind(Options).toConstantValue({ get: option => option.default })
  container.bind(Logger).toConstantValue({ debug: silent, info: silent, warn: silent, error: silent })
  container.bind(Clock).toConstantValue({ now: () => 1_700_000_000_000 } as Clock)
  for (const plugin of [heat, standard]) await container.loadAsync(plugin.contributions)
  return container.getAll(ResourceType)
}

const schemasOf = ({ properties }: ResourceType): PropertySchemas => (properties === 'any' ? {} : properties)

describe('what validate accepts', () => {
  let types: readonly ResourceType[]
  before(async () => {
    types = await allTypes()
  })

  const judged = (written: (request: RandomRequest) => RandomRequest): void => {
    const judge = judgeBy(types)
    const known: Types = new Map(types.map(type => [type.name, schemasOf(type) as never]))
    const seen = { accepted: 0, refused: 0 }
    fc.assert(
      fc.property(requests(known).map(written), ({ template, parameters, environment, files }) => {
        const { validate, create } = judge({ template, environment: { ...environment, parameters }, files })
        seen[validate === undefined ? 'accepted' : 'refused']++
        if (validate === undefined) expect(create, JSON.stringify(template)).to.equal(undefined)
      }),
      { numRuns: runs },
    )
    expect(seen.accepted, 'templates that were right').to.be.above(runs / 40)
    expect(seen.refused, 'templates that were wrong').to.be.above(runs / 40)
  }

  it('no create refuses, nor a step of it, of whatever types and in however wrong a way', function () {
    this.timeout(120_000)
    judged(request => request)
  })

  it("nor is it in CloudFormation's format", function () {
    this.timeout(120_000)
    judged(asCfn)
  })
})
