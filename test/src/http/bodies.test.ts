import { templates } from '@hearth/conformance'
import { expect } from 'chai'
import { ofTheApi } from './ground.js'

const { template, test, value } = templates

ofTheApi('bad bodies', ({ api, daemon, refused, refusedCreate }) => {
  it('are refused with a reason, never with a 500', async () => {
    await refused('POST', '/stacks', '{"stack_name": ', 400, /JSON/i, 'HTTPBadRequest')
    await refused('POST', '/stacks', '[]', 400, 'No stack name specified')
    await refused('POST', '/stacks', undefined, 400, 'No stack name specified')
    await refused('POST', '/stacks', {}, 400, 'No stack name specified')
    await refused('POST', '/stacks', { stack_name: 'x' }, 400, 'No template specified')
    await refusedCreate({ template: null }, 400, 'No template specified')
    await refusedCreate({ template: 'just text' }, 400, /Template/)
    await refusedCreate({ template: [] }, 400, /mapping/)
    await refusedCreate({ template: {} }, 400, /version/)
    await refusedCreate({ stack_name: 5 }, 400, 'Invalid stack name 5, must be a string', 'StackValidationFailed')
    await refusedCreate({ stack_name: '1st' }, 400, /must contain only alphanumeric/, 'StackValidationFailed')
    await refusedCreate({ parameters: 'p=1' }, 400, /parameters must be a map/)
    await refusedCreate(
      { parameters: { no: 1 } },
      400,
      'The Parameter (no) was not defined in template. (there is none)',
      'UnknownUserParameter',
    )
    await refusedCreate({ timeout_mins: -1 }, 400, /timeout_mins: -1 is not allowed; expected whole minutes/)
    await refusedCreate({ timeout_mins: 'soon' }, 400, /timeout_mins/)
    await refusedCreate({ disable_rollback: 'maybe' }, 400, /acceptable values are: true, false/)
    await refusedCreate({ tags: ['a'] }, 400, /tags must be text/)
    await refusedCreate({ tags: 'x'.repeat(81) }, 400, /longer than 80/)
    await refusedCreate({ files: 'f' }, 400, /files must be a map/)
    await refusedCreate({ environment: { wrong: {} } }, 400, /wrong section/)
    await refusedCreate({ environment: 'a: [' }, 400, /Environment not in valid format/)
    await refusedCreate({ environment_files: ['missing.yaml'] }, 400, /missing\.yaml/)
    await refusedCreate({ converge: true }, 400, /converge flag only supported/)
    await refusedCreate({ adopt_stack_data: '{}' }, 400, /Invalid adopt data/)
  })

  it('keep their numbers, or are refused', async () => {
    await refused('POST', '/stacks', '{"stack_name": "x", "timeout_mins": 1e400}', 400, /1e400 is too large/)
    const id = '12345678901234567890'
    const body = `{"stack_name": "numbers", "template": {"heat_template_version": "2018-08-31", "outputs": {"id": {"value": ${id}}}}}`
    const answer = await api().send('POST', '/stacks', body)
    expect(answer.status).to.equal(201)
    const stack = api().stack('numbers', answer.body.stack.id)
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ id })
  })

  it('must be UTF-8', async () => {
    const response = await fetch(`${daemon().url}/v1/demo/stacks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    })
    const { error } = (await response.json()) as { error: { message: string } }
    expect([response.status, error.message]).to.deep.equal([400, 'The body is not valid UTF-8.'])
  })

  it('may not be too large or too deep', async () => {
    await refusedCreate(
      { template: template({ a: value('x'.repeat(600_000)) }) },
      400,
      /Template size/,
      'RequestLimitExceeded',
    )
    await refusedCreate(
      { files: { f: 'x'.repeat(1_100_000) } },
      400,
      /exceeds maximum allowed size/,
      'RequestLimitExceeded',
    )
    await refusedCreate({ files: { f: 'x'.repeat(4_000_000) } }, 400, /too large/)
    const deep = `${'['.repeat(500)}${']'.repeat(500)}`
    await refused('POST', '/stacks', `{"stack_name":"x","template":${deep}}`, 400, /nested deeper than 100/)
    await refusedCreate(
      { template: `heat_template_version: 2018-08-31\noutputs: {o: {value: ${deep}}}` },
      400,
      /deep|nest/i,
    )
  })

  it('may not have text that no database stores', async () => {
    await refusedCreate({ template: template({ a: value('\u0000') }) }, 400, /cannot be stored/)
    await refusedCreate({ template: template({ a: value('\ud800') }) }, 400, /cannot be stored/)
    await refused('GET', '/stacks/%00', undefined, 404, /could not be found/)
    expect((await api().get('/stacks?name=%00')).status).to.be.oneOf([200, 400])
  })

  it('do not let YAML aliases explode', async () => {
    const lines = [
      'heat_template_version: 2018-08-31',
      'outputs:',
      '  o:',
      '    value:',
      '      a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
    ]
    for (let level = 1; level < 12; level++)
      lines.push(
        `      a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
      )
    await refusedCreate({ template: lines.join('\n') }, 400, /written out it has more than/)
  })

  it('take prototype names for names', async () => {
    const text =
      '{"heat_template_version":"2018-08-31","parameters":{"constructor":{"type":"string","default":"c"}},"resources":{"__proto__":{"type":"OS::Heat::Value","properties":{"value":{"get_param":"constructor"}}}},"outputs":{"o":{"value":{"get_attr":["__proto__","value"]}}}}'
    const stack = await api().create('prototype', text)
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ o: 'c' })
  })

  it('ignore an engine: users never choose it', async () => {
    const stack = await api().create('no-choice', template({}), { engine: 'legacy', convergence: false } as object)
    expect(JSON.stringify(await stack.show())).not.to.match(/engine|legacy|convergence/)
  })
})

ofTheApi('wrong templates', ({ refusedCreate }) => {
  const wrong = (resources: object, message: RegExp | string, more: object = {}) =>
    refusedCreate({ template: { heat_template_version: '2018-08-31', resources, ...more } }, 400, message)
  it('are refused with the path of what is wrong', async () => {
    await wrong({ a: { type: 'OS::Heat::Nothing' } }, /The Resource Type \(OS::Heat::Nothing\) could not be found\./)
    await wrong({ a: test({ vaule: 1 }) }, /Property error: : resources\.a\.properties: : Unknown Property vaule/)
    await wrong({ a: test({ wait_secs: 'long' }) }, /resources\.a\.properties\.wait_secs/)
    await wrong({ a: value({ get_attr: ['b', 'value'] }) }, /The specified reference "b" \(in a\.Properties\.value/)
    await wrong(
      { a: value({ get_attr: ['b', 'nothing'] }), b: value(1) },
      /The Referenced Attribute \(b nothing\) is incorrect/,
    )
    await wrong({ a: value({ get_param: 'p' }) }, /The Parameter \(p\) was not provided/)
    await wrong({ a: value({ get_resource: 'b' }), b: value({ get_resource: 'a' }) }, /Circular Dependency Found/)
    await wrong({ a: { type: 'OS::Heat::Value' } }, /Property value not assigned/)
    await wrong({ a: value({ str_replace: { template: 5, params: {} } }) }, /resources\.a\.properties\.value/)
    await wrong({}, /The template section is invalid: resuorces/, { resuorces: {} })
  })
})
