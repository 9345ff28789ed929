import type { Json, JsonMap, Progress, StepContext } from '@hearth/core/plugin'
import { expect } from 'chai'
import fc from 'fast-check'
import { delay } from './delay.js'
import { none } from './none.js'
import { randomString } from './random-string.js'
import { stack } from './stack.js'
import { storedWith } from './testing/stored.js'
import { testResource } from './test-resource.js'
import { value } from './value.js'

const context = (properties: JsonMap, more: Partial<StepContext> = {}): StepContext => ({
  stack: { id: 's', name: 'stack', project: 'p' },
  resource: { id: 'r', name: 'a', type: 'T', physicalName: 'stack-a-abcdefghijkl' },
  properties,
  previous: {},
  changed: [],
  physicalId: null,
  data: {},
  received: {},
  metadata: {},
  required: [],
  signalUrl: { plain: 'http://h/v1/p/signal', signed: 'http://h/v1/p/signal/s' },
  updatePolicy: {},
  idempotencyKey: 'k',
  signal: new AbortController().signal,
  now: () => 1_000,
  isOver: async () => false,
  setPhysicalId: async () => undefined,
  ...more,
})
const failure = (work: Promise<unknown>): Promise<{ type: string; message: string }> =>
  work.then(
    () => ({ type: '', message: 'it did not fail' }),
    error => error,
  )

describe('OS::Heat::RandomString', () => {
  const make = async (properties: JsonMap): Promise<string> => {
    const progress = (await randomString.create(context(properties))) as Progress & { data: { value: string } }
    return progress.data.value
  }
  const classes = {
    lettersdigits: /[a-zA-Z0-9]/g,
    letters: /[a-zA-Z]/g,
    lowercase: /[a-z]/g,
    uppercase: /[A-Z]/g,
    digits: /\d/g,
    hexdigits: /[0-9A-F]/g,
    octdigits: /[0-7]/g,
  }

  it('has its length, and the minimum of each class, from nothing but the classes', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 20, max: 512 }),
        fc.uniqueArray(
          fc.tuple(
            fc.constantFrom(...(Object.keys(classes) as (keyof typeof classes)[])),
            fc.integer({ min: 1, max: 5 }),
          ),
          { selector: ([name]) => name, minLength: 1, maxLength: 4 },
        ),
        async (length, asked) => {
          const text = await make({ length, character_classes: asked.map(([name, min]) => ({ class: name, min })) })
          expect(text).to.have.length(length)
          for (const [name, min] of asked) expect(text.match(classes[name])?.length ?? 0).to.be.at.least(min)
          const all = asked.map(([name]) => classes[name].source).join('|')
          expect(text).to.match(new RegExp(`^(${all})*$`))
        },
      ),
      { numRuns: 50 },
    ))

  it('takes characters of a sequence', async () => {
    expect(
      await make({ length: 6, character_classes: [], character_sequences: [{ sequence: '-_', min: 6 }] }),
    ).to.match(/^[-_]{6}$/)
  })

  it('is not the same twice, and is shown from its encrypted data only', async () => {
    const properties = { length: 32, character_classes: [{ class: 'letters', min: 1 }] }
    expect(await make(properties)).not.to.equal(await make(properties))
    const stored = storedWith({ type: randomString.name, physicalId: null, properties, data: { value: 'secret' } })
    expect(randomString.derive?.(stored)).to.deep.equal({ attributes: { value: 'secret' }, reference: 'secret' })
  })

  it('takes one class by its old name, and no others beside it', async () => {
    const standard = [{ class: 'lettersdigits', min: 1 }]
    expect(await make({ length: 6, sequence: 'octdigits', character_classes: standard })).to.match(/^[0-7]{6}$/)
    const check = (classes: JsonMap[]) => (): void =>
      randomString.validate?.(
        { length: 6, sequence: 'octdigits', character_classes: classes },
        { name: 'a', timeoutSeconds: 1 },
      )
    check(standard)()
    expect(check([{ class: 'digits', min: 1 }])).to.throw(/it is the only character class then/)
  })

  it('refuses a length below its minimums', () => {
    expect(() =>
      randomString.validate?.(
        { length: 3, character_classes: [{ class: 'digits', min: 4 }] },
        { name: 'a', timeoutSeconds: 1 },
      ),
    ).to.throw(/Length property cannot be smaller than combined character class and character sequence minimums/)
  })
})

describe('OS::Heat::TestResource', () => {
  it('keeps its value, fails when told to, and waits by coming again', async () => {
    expect(await testResource.create(context({ value: 'x' }))).to.deep.include({ kind: 'done', data: { value: 'x' } })
    expect(await failure(testResource.create(context({ fail: true })))).to.include({
      type: 'ValueError',
      message: 'Test Resource failed a',
    })
    const waiting = await testResource.create(context({ value: 'x', wait_secs: 2 }))
    expect(waiting).to.deep.equal({ kind: 'again', cursor: { until: 3_000 }, wake: { afterMs: 2_000 } })
    const cursor: Json = { until: 3_000 }
    expect(
      await testResource.create(context({ value: 'x', wait_secs: 2 }, { now: () => 2_500 }), cursor),
    ).to.deep.include({ kind: 'again', wake: { afterMs: 500 } })
    expect(
      (await testResource.create(context({ value: 'x', wait_secs: 2 }, { now: () => 3_000 }), cursor)).kind,
    ).to.equal('done')
  })

  it('waits for ever on a negative number, and by action where one is named', async () => {
    expect(await testResource.create(context({ wait_secs: -1 }))).to.deep.include({
      kind: 'again',
      cursor: { until: null },
    })
    expect((await testResource.create(context({ wait_secs: 5, action_wait_secs: { create: 0 } }))).kind).to.equal(
      'done',
    )
    expect((await testResource.delete?.(context({ wait_secs: 0, action_wait_secs: { delete: 1 } })))?.kind).to.equal(
      'again',
    )
  })

  it('asks for replacement when update_replace is set and the value changes', () => {
    const ask = testResource.needsReplace?.bind(testResource)
    expect(ask?.({ value: 1 }, { value: 2, update_replace: true }, ['value'])).to.be.a('string')
    expect(ask?.({ value: 1 }, { value: 1, update_replace: true }, ['update_replace'])).to.equal(undefined)
    expect(ask?.({ value: 1 }, { value: 2, update_replace: false }, ['value'])).to.equal(undefined)
  })
})

describe('OS::Heat::Value', () => {
  const kept = async (type: string, given: Json) => {
    const progress = (await value.create(context({ type, value: given }))) as Progress & { attributes: { value: Json } }
    return progress.attributes.value
  }
  it('takes what its type would take, and keeps it as it is', async () => {
    for (const [type, given] of [
      ['string', 5],
      ['string', true],
      ['string', null],
      ['number', '1.5'],
      ['boolean', 'TRUE'],
      ['comma_delimited_list', ['a']],
      ['json', { a: 1 }],
    ] as const) {
      expect(await kept(type, given as Json), type).to.deep.equal(given)
    }
  })
  it('refuses a value that is not of the type', async () => {
    for (const [type, given] of [
      ['number', 'x'],
      ['boolean', 'yes'],
      ['comma_delimited_list', 'a,b'],
      ['json', [1]],
    ] as const) {
      expect((await failure(kept(type, given as Json))).type, type).to.equal('StackValidationFailed')
    }
  })
})

describe('OS::Heat::Delay', () => {
  it('waits during the actions that are listed, between the minimum and the jitter', async () => {
    const properties = { min_wait: 1, max_jitter: 2, jitter_multiplier: 1, actions: ['CREATE'] }
    for (let time = 0; time < 20; time++) {
      const progress = (await delay.create(context(properties))) as Progress & { cursor: { until: number } }
      expect(progress.cursor.until).to.be.within(2_000, 4_000)
    }
    expect((await delay.delete?.(context(properties)))?.kind).to.equal('done')
  })
  it('may not be longer than the stack may take', () => {
    expect(() => delay.validate?.({ min_wait: 100 }, { name: 'a', timeoutSeconds: 60 })).to.throw(
      /maximum delay 100s exceeds stack timeout\.$/,
    )
  })
})

describe('OS::Heat::Stack', () => {
  const check = (context: JsonMap | null) => (): void =>
    stack.validate?.({ template: '', context }, { name: 'a', timeoutSeconds: 1 })

  it('is of this Hearth: a context that says nothing else is taken, another region is not', () => {
    const empty: (JsonMap | null)[] = [null, {}, { region_name: null, insecure: false }]
    for (const context of empty) check(context)()
    const others: JsonMap[] = [{ region_name: 'elsewhere' }, { credential_secret_id: 'x' }, { insecure: true }]
    for (const context of others) {
      expect(check(context)).to.throw(/there is no other region or cloud here; leave it out/)
    }
  })
})

describe('OS::Heat::None', () => {
  it('takes everything and has an id of its own', async () => {
    expect([none.properties, none.updatePolicy]).to.deep.equal(['any', 'any'])
    expect(await none.create(context({ what: 'ever' }))).to.have.property('physicalId')
    expect((await none.snapshotDelete?.(context({})))?.kind).to.equal('done')
  })
})
