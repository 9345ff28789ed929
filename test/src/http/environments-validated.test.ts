import { expect } from 'chai'
import { ofTheApi } from './ground.js'

const template = [
  'heat_template_version: 2018-08-31',
  'parameters:',
  '  size: {type: string, default: x}',
  '  count: {type: number, default: 1}',
  'resources:',
  '  web: {type: OS::Heat::Value, properties: {value: {get_param: size}}}',
].join('\n')

ofTheApi('validation of environments', ({ api }) => {
  const places = (all: readonly { file?: string; path: string; line?: number; column?: number }[] = []) =>
    all.map(({ file = '', path, line, column }) => `${file} ${line}:${column} ${path}`)
  const validate = async (body: object) => (await api().send('POST', '/validate', { template, ...body })).body

  it('says where in the text of an environment something is wrong, or has no effect', async () => {
    const wrong = 'parameters:\n  siz: a\nencrypted_param_names:\n- 5\nresource_registry:\n  "A::B": 5\n'
    expect(places((await validate({ environment: wrong })).errors)).to.deep.equal([
      ' 4:3 environment.encrypted_param_names[0]',
      ' 6:4 environment.resource_registry.A::B',
      ' 2:3 environment.parameters.siz',
    ])
    const doubtful = 'parameter_defaults:\n  siz: a\nparameters:\n  size: a\n  size: b\n'
    expect(places((await validate({ environment: doubtful })).Warnings)).to.deep.equal([
      ' 5:3 environment.parameters.size',
      ' 2:3 environment.parameter_defaults.siz',
    ])
    expect(places((await validate({ environment: 'parameters: {}\nparams: {}\n' })).errors)).to.deep.equal([
      ' 2:1 environment.params',
    ])
    expect(places((await validate({ environment: 'parameters: [\n' })).errors)).to.deep.equal([' 2:1 environment'])
  })

  it('says it of environment files, too', async () => {
    const several = (...texts: string[]) => ({
      environment_files: texts.map((_, index) => `e${index}`),
      files: Object.fromEntries(texts.map((text, index) => [`e${index}`, text])),
    })
    const first = 'parameters:\n  size: a\n  size: b\nresource_registry:\n  "A::B": No::Such\n'
    const second = 'parameter_merge_strategies:\n  size: mrge\nresource_registry:\n  "C::D": 5\n'
    expect(places((await validate(several(first))).Warnings)).to.deep.equal([
      'e0 3:3 parameters.size',
      'e0 5:4 resource_registry.A::B',
    ])
    expect(places((await validate(several(first, second))).errors)).to.deep.equal(['e1 4:4 resource_registry.C::D'])
    const { Warnings } = await validate(several(first, 'parameter_merge_strategies:\n  size: mrge\n'))
    expect(places(Warnings)).to.include('e1 2:3 parameter_merge_strategies.size')
    expect(places((await validate(several('params: {}\n'))).errors)).to.deep.equal(['e0 1:1 params'])
  })
})
