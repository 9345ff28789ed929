import { expect } from 'chai'
import { atOnce } from '../../pieces.js'
import type { Json, JsonMap } from '../../plugin/json.js'
import { defining } from '../define.js'
import { emptyEnvironment } from '../environment/environment.js'
import { Allowance } from './allowance.js'
import { Room } from './room.js'
import { defined, placeholders, refused, types, valued } from '../kit.test.js'

/** A hundred resources, of which each does the same. */
const hundred = (value: Json): JsonMap => many(100, value)
const few = (count: number): JsonMap => many(count, long)
const many = (count: number, value: Json): JsonMap => ({
  resources: Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`r${index}`, { type: 'OS::Heat::Value', properties: { value } }]),
  ),
})
/** What the functions of one resource may do, and little of it is kept. */
const busy = {
  list_join: ['', { repeat: { template: 'v', for_each: { v: Array(2000).fill(''), w: Array(400).fill('') } } }],
}
const long = { yaql: { expression: 'range(190).select(range(190).select($ + 1).sum()).sum()' } }

describe('the room for values', () => {
  it('bounds what all resources of a template do together', () => {
    expect(() => valued(busy)).not.to.throw()
    expect(refused(() => defined(hundred(busy)))).to.contain('in all of the template')
  })

  it('bounds the steps of expressions, in seconds', function () {
    this.timeout(60_000)
    // Not by the clock on the wall: others may use the machine.
    const started = process.cpuUsage()
    expect(refused(() => defined(hundred(long)))).to.contain(
      'resources.r11.properties.value: "yaql" takes too long: more than 2000000 steps in all of the template ([DEFAULT] max_function_steps)',
    )
    expect(process.cpuUsage(started).user / 1000).to.be.below(15_000)
  })

  it('bounds what a template does together with those inside of it', () => {
    const template = JSON.stringify({ heat_template_version: '2021-04-16', ...few(6) })
    const inside = (name: string): JsonMap => ({ [name]: { type: 'inside.yaml' } })
    const outside = (...names: string[]): JsonMap => ({ resources: Object.assign({}, ...names.map(inside)) })
    const files = { 'inside.yaml': template }
    expect(() => defined(outside('a'), { files })).not.to.throw()
    expect(refused(() => defined(outside('a', 'b', 'c'), { files }))).to.contain('in all of the template')
  })

  it('bounds the steps of all outputs, and says so of those that had no room', () => {
    const outputs = Object.fromEntries(Array.from({ length: 14 }, (_, index) => [`o${index}`, { value: long }]))
    const definition = defined({ outputs: { small: { value: { list_join: [',', ['a', 'b']] } }, ...outputs } })
    const resolved = atOnce(definition.resolveOutputs([...definition.outputs.values()], placeholders))
    expect(resolved.map(({ error }) => error === undefined).indexOf(false)).to.equal(12)
    expect(resolved[12]?.error).to.contain('more than 2000000 steps in all')
    expect(resolved[0]).to.deep.equal({ value: 'a,b' })
  })

  it('has one piece for each resource or output, so that none of them takes long', () => {
    let inPiece = 0
    const allowance = new (class extends Allowance {
      override take(name: string, steps: number): void {
        inPiece += steps
        super.take(name, steps)
      }
    })(Number.POSITIVE_INFINITY)
    const pieces = defining({
      template: { heat_template_version: '2021-04-16', ...few(5) },
      environment: emptyEnvironment,
      files: {},
      stack: { id: null, name: 'teststack', project: 'proj' },
      types,
      allowance,
    })
    const took: number[] = []
    for (let done = false; !done; ) {
      inPiece = 0
      done = pieces.next().done === true
      took.push(inPiece)
    }
    const all = took.reduce((sum, one) => sum + one)
    expect(Math.max(...took)).to.equal(all / 5)
  })

  it('bounds work within other work by its own allowance, and the rest by that around', () => {
    const room = new Room()
    const inside = function* () {
      room.spend('inside', 9)
      yield
    }
    const around = function* () {
      room.spend('around', 6)
      yield* room.together(new Allowance(10), inside())
      room.spend('around', 6)
      yield
    }
    expect(() => atOnce(room.together(new Allowance(12), around()))).not.to.throw()
    expect(refused(() => atOnce(room.together(new Allowance(11), around())))).to.contain('more than 11 steps in all')
  })

  it('bounds the values that are kept of outputs', () => {
    const text = 'x'.repeat(900_000)
    const outputs = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e', 'small'].map(name => [
        name,
        { value: { get_attr: [name === 'small' ? 'little' : 'one', 'v'] } },
      ]),
    )
    const definition = defined({
      resources: { one: { type: 'OS::Heat::None' }, little: { type: 'OS::Heat::None' } },
      outputs,
    })
    const scope = { ...placeholders, attribute: (name: string) => (name === 'one' ? text : 'x') }
    const resolved = atOnce(definition.resolveOutputs([...definition.outputs.values()], scope))
    expect(resolved.map(({ error }) => error !== undefined)).to.deep.equal([false, false, false, false, true, false])
    expect(definition.outputs.get('e')?.resolve(scope).error, 'alone').to.equal(undefined)
  })
})
