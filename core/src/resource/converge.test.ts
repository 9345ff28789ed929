import { expect } from 'chai'
import { MemoryStack, memoryDefinition } from '../plan/memory.test.js'
import { again, done, ResourceFailure, type ResourceType, type StepContext } from '../plugin/index.js'
import { plainType } from './kit.test.js'

const secret = 's3cret'

/** What a daemon would find if it looked while the step is at work. */
let look: () => void = () => undefined
let refusal: string | undefined

const account: ResourceType = plainType({
  name: 'Account',
  properties: {
    name: { type: 'string', updateAllowed: true },
    password: { type: 'string', secret: true, updateAllowed: true },
  },
  create: async (context, cursor) => {
    if (cursor === undefined) return again({ asked: true }, { afterMs: 1 })
    await context.setPhysicalId('id')
    look()
    if (refusal !== undefined) throw new ResourceFailure(refusal)
    return done()
  },
  update: async () => {
    look()
    throw new ResourceFailure('it is away')
  },
  replaceWhenFailed: false,
})

const accounts = (name: string) =>
  memoryDefinition([account], { account: { type: 'Account', properties: { name, password: secret } } })

describe('a resource with secrets', () => {
  let stack: MemoryStack
  let looks: number

  /** The row as it is kept says nothing in clear, and everything to who has the key. */
  const isSealed = (): void => {
    looks++
    const [row] = stack.kept('account')
    expect(row?.properties).to.have.property('name')
    expect(JSON.stringify(row)).not.to.contain(secret)
    expect(row?.hiddenProperties).to.be.a('string')
  }

  beforeEach(() => {
    stack = new MemoryStack([account])
    looks = 0
    look = isSealed
    refusal = undefined
  })

  it('keeps them sealed while its create waits and is at work, and once it is there', async () => {
    await stack.update(accounts('one'))
    expect(looks).to.equal(1)
    isSealed()
  })

  it('keeps them sealed when its create fails, and through the update that comes after', async () => {
    refusal = 'no'
    expect(await stack.update(accounts('one'))).to.have.property('failed')
    isSealed()
    expect(await stack.update(accounts('two'))).to.deep.equal({
      failed: 'Resource UPDATE failed: ResourceFailure: resources.account: it is away',
    })
    isSealed()
    expect(looks).to.equal(4)
  })
})

const touched: string[] = []
const act = (what: string) => async (context: StepContext) => {
  touched.push(`${what} ${context.physicalId}`)
  return done({ physicalId: 'own' })
}
const disk: ResourceType = plainType({
  name: 'Disk',
  properties: { size: { type: 'integer', updateAllowed: true } },
  mendWhenFailed: true,
  create: act('create'),
  update: act('update'),
  delete: act('delete'),
  adopt: async ({ physicalId }) => {
    if (physicalId !== 'own') throw new ResourceFailure(`${physicalId} is of another project`)
    return done()
  },
})
const disks = (size: unknown) => memoryDefinition([disk], { disk: { type: 'Disk', properties: { size } as never } })

describe('what cannot be adopted', () => {
  let stack: MemoryStack

  beforeEach(async () => {
    touched.splice(0)
    stack = new MemoryStack([disk])
    expect(await stack.update(disks(1), { disk: 'foreign' })).to.deep.equal({
      failed: 'Resource ADOPT failed: ResourceFailure: resources.disk: foreign is of another project',
    })
  })

  it('is left alone by a delete', async () => {
    await stack.update(memoryDefinition([disk], {}))
    expect(touched).to.deep.equal([])
    expect(stack.kept('disk')).to.deep.equal([])
  })

  it('is left alone by an update, which makes another one', async () => {
    await stack.update(disks(1))
    expect(touched).to.deep.equal(['create null'])
    await stack.update(memoryDefinition([disk], {}))
    expect(touched).to.deep.equal(['create null', 'delete own'])
  })

  it('is left alone by who died while it looked, too', async () => {
    stack.die('disk', 'foreign')
    await stack.update(memoryDefinition([disk], {}))
    expect(touched).to.deep.equal([])
  })

  it('stays out of reach whatever state its resource takes', async () => {
    stack.break('disk', 'CHECK')
    await stack.update(disks(2))
    await stack.update(memoryDefinition([disk], {}))
    expect(touched).to.deep.equal(['update null', 'delete own'])
  })
})

const note: ResourceType = plainType({
  name: 'Note',
  properties: { text: { type: 'string', updateAllowed: true }, key: { type: 'string', secret: true } },
  attributes: { said: { type: 'string' } },
  validate({ text }) {
    if (text === 'bad') throw new ResourceFailure('bad is not good')
  },
  create: async ({ properties }) =>
    done({ physicalId: 'id', attributes: { said: `\0${JSON.stringify(properties.text)}` } }),
})
const source: ResourceType = {
  ...note,
  name: 'Source',
  validate() {},
  create: async ({ properties }) => done({ attributes: { said: properties.text ?? null } }),
}
const noted = async (text: string, type: Partial<ResourceType> = {}, end = '') => {
  const made = (expression: string) => ({ yaql: { expression, data: { get_attr: ['source', 'said'] } } })
  const types = [{ ...note, ...type }, source]
  const stack = new MemoryStack(types)
  const definition = memoryDefinition(types, {
    source: { type: 'Source', properties: { text } },
    note: { type: 'Note', properties: { text: made(`$.data + '${end}'`), key: made("'\\x00'") } },
  })
  return { stack, result: await stack.update(definition) }
}

describe('values that are known only when a step begins', () => {
  it('are refused by the type before it is called', async () => {
    const { stack, result } = await noted('bad')
    expect(result).to.deep.equal({
      failed: 'Resource CREATE failed: StackValidationFailed: resources.note: bad is not good',
    })
    expect(stack.kept('note')[0]?.physicalId).to.equal(null)
  })

  it('are refused where they cannot be stored, unless they are stored sealed', async () => {
    const why = 'has text that cannot be stored: a NUL character, or half of a surrogate pair'
    const { stack, result } = await noted('fine')
    expect(result).to.deep.equal({
      failed: `Resource CREATE failed: ValueError: resources.note: attributes.said ${why}`,
    })
    const [row] = stack.kept('note')
    expect(row).to.include({ status: 'FAILED', physicalId: 'id' })
    expect(row?.attributes).to.deep.equal({})
    const quiet = { create: async () => done() }
    expect((await noted('fine', quiet, '\\ud800')).result).to.deep.equal({
      failed: `Resource CREATE failed: ValueError: resources.note: properties.text ${why}`,
    })
    expect((await noted('fine', quiet)).result).not.to.have.property('failed')
  })
})
