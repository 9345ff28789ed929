import type { Json, JsonMap } from '@hearth/core/plugin'
import { expect } from 'chai'
import fc from 'fast-check'
import { derivedConfig, noSource, replacingInputs, type Source, withInputs } from './derived-config.js'
import { mimeMessage, type Part, piecesOf } from './mime.js'
import { outcomeOf } from './outcome.js'

describe('The config that is made for a deployment', () => {
  const context = (properties: JsonMap) => ({
    properties: { server: 'srv', signal_transport: 'CFN_SIGNAL', ...properties },
    resource: { id: 'r', name: 'dep', type: 'T', physicalName: 'stack-dep-abc' },
    stack: { id: 'id', name: 'stack', project: 'p' },
    signalUrl: { plain: 'http://h/signal', signed: 'http://h/signal/s' },
  })
  const valuesOf = (inputs: readonly JsonMap[]) => Object.fromEntries(inputs.map(({ name, value }) => [name, value]))

  it('has the values of declared inputs, of others, and the way back', () => {
    const source: Source = {
      ...noSource,
      name: 'src',
      group: 'script',
      inputs: [{ name: 'a', default: 1 }, { name: 'b' }],
    }
    const made = derivedConfig(
      'id',
      'CREATE',
      source,
      context({ input_values: { b: 2, c: [3] } }),
      ({ config }) => config,
    )
    expect(valuesOf(made.inputs)).to.deep.equal({
      a: 1,
      b: 2,
      c: [3],
      deploy_server_id: 'srv',
      deploy_action: 'CREATE',
      deploy_stack_id: 'stack/id',
      deploy_resource_name: 'dep',
      deploy_signal_transport: 'CFN_SIGNAL',
      deploy_signal_id: 'http://h/signal/s',
      deploy_signal_verb: 'POST',
    })
    expect(made).to.include({ id: 'id', name: 'src', group: 'script' })
  })

  it('is named after the deployment, its source, or the resource; and asks for no signal if none is wanted', () => {
    const named = (properties: JsonMap, source = noSource) =>
      derivedConfig('id', 'UPDATE', source, context(properties), () => '')
    expect(named({ name: 'n' }, { ...noSource, name: 'src' }).name).to.equal('n')
    const bare = named({ signal_transport: 'NO_SIGNAL' })
    expect([bare.name, bare.group]).to.deep.equal(['stack-dep-abc', 'Heat::Ungrouped'])
    expect(valuesOf(bare.inputs)).not.to.include.keys('deploy_signal_id')
  })

  it('tells inputs whose change replaces', () => {
    const input = (name: string, value: Json, replace = true): JsonMap => ({ name, value, replace_on_change: replace })
    const before = [input('a', { x: 1 }), input('b', 1), input('c', 1)]
    const now = [input('a', { x: 1 }), input('b', 2), input('c', 2, false), input('new', 1)]
    expect(replacingInputs(before, now)).to.deep.equal(['b'])
  })

  it('takes inputs into data, wherever they are named', () => {
    const inputs = [
      { name: 'a', value: { deep: 1 } },
      { name: 'n', value: null },
    ]
    const data = {
      x: [{ get_input: 'a' }, { get_input: 'gone' }],
      y: { get_input: 'a', other: 1 },
      z: { get_input: 5 },
    }
    expect(withInputs(data, 'get_input', inputs, false)).to.deep.equal({
      x: [{ deep: 1 }, null],
      y: { get_input: 'a', other: 1 },
      z: { get_input: 5 },
    })
    expect(() => withInputs(data, 'get_input', inputs, true)).to.throw('The Parameter (gone) was not provided.')
    fc.assert(
      fc.property(fc.json(), text => {
        const any = JSON.parse(text) as Json
        expect(withInputs(any, 'no such key at all', inputs, true)).to.deep.equal(any)
      }),
    )
  })
})

describe('What a server says of a deployment', () => {
  const outputs: JsonMap[] = [{ name: 'result' }, { name: 'bad', error_output: true }]

  it('is kept, with what it said before', () => {
    expect(outcomeOf({ result: 1, other: 2, deploy_status_code: 0 }, outputs, { old: 'x' })).to.deep.equal({
      status: 'COMPLETE',
      statusReason: 'Outputs received',
      outputValues: { old: 'x', result: 1, deploy_stdout: null, deploy_stderr: null, deploy_status_code: 0 },
      told: 'succeeded',
    })
    expect(outcomeOf(undefined, outputs, null).status).to.equal('COMPLETE')
  })

  it('is a failure if it exits with another code than 0, or gives an error', () => {
    expect(outcomeOf({ bad: 'worse', deploy_status_code: '3' }, outputs, null)).to.include({
      status: 'FAILED',
      statusReason: 'bad : worse, deploy_status_code : Deployment exited with non-zero status code: 3',
      told: 'failed (3)',
    })
    expect(outcomeOf({ bad: { a: 1 } }, outputs, null)).to.include({ statusReason: "bad : {'a': 1}", told: 'failed' })
  })
})

describe('A message of several parts', () => {
  const part = (config: string, more: Partial<Part> = {}): Part => ({
    config,
    filename: null,
    type: 'text',
    subtype: null,
    ...more,
  })

  it('is as Python writes it', () => {
    const message = mimeMessage([part('one\n'), part('zwei ü', { filename: 'run.x-sh' })])
    const boundary = /boundary="([^"]+)"/.exec(message)?.[1] ?? ''
    expect(message.split('\n')).to.deep.equal([
      `Content-Type: multipart/mixed; boundary="${boundary}"`,
      'MIME-Version: 1.0',
      '',
      `--${boundary}`,
      'Content-Type: text/plain; charset="us-ascii"',
      'MIME-Version: 1.0',
      'Content-Transfer-Encoding: 7bit',
      '',
      'one',
      '',
      `--${boundary}`,
      'Content-Type: text/run; charset="utf-8"',
      'MIME-Version: 1.0',
      'Content-Transfer-Encoding: base64',
      'Content-Disposition: attachment; filename="run.x-sh"',
      '',
      'endlaSDDvA==',
      '',
      `--${boundary}--`,
      '',
    ])
    expect(mimeMessage([part('one')])).to.equal(mimeMessage([part('one')]))
  })

  it('can be taken apart, and its parts appended to another', () => {
    const inner = mimeMessage([part('a', { subtype: 'x-one', filename: 'f "1"' }), part('b')])
    expect(piecesOf(inner)).to.deep.equal([
      { text: 'a', subtype: 'x-one', filename: 'f "1"' },
      { text: 'b', subtype: 'plain', filename: '' },
    ])
    expect(mimeMessage([part(inner, { type: 'multipart' })])).to.equal(inner.replace('text/x-one', 'text/x-one'))
    expect(piecesOf('no message')).to.deep.equal([])
    const lines = fc.array(fc.string({ unit: fc.constantFrom('a', '-', '=', ' ', '"', '\n', ':') }))
    fc.assert(
      fc.property(lines, texts => {
        expect(piecesOf(mimeMessage(texts.map(text => part(text)))).map(({ text }) => text)).to.deep.equal(texts)
      }),
    )
  })
})
