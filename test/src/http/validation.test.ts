import { templates } from '@hearth/conformance'
import { expect } from 'chai'
import { ofTheApi } from './ground.js'

const { delay, template, test, value } = templates

ofTheApi('validation', ({ api, refused }) => {
  it('answers with what a template takes, and needs no values for it', async () => {
    const answer = await api().send('POST', '/validate', {
      template: {
        heat_template_version: '2018-08-31',
        description: 'd',
        parameters: { p: { type: 'number', constraints: [{ range: { min: 1, max: 5 } }] } },
        resources: { a: value({ get_param: 'p' }) },
      },
    })
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    expect(answer.body).to.deep.include({
      Description: 'd',
      Parameters: { p: { Type: 'Number', Description: '', NoEcho: 'false', Label: 'p', MinValue: 1, MaxValue: 5 } },
    })
    expect(answer.body.Environment).to.have.all.keys(
      'parameters',
      'parameter_defaults',
      'resource_registry',
      'event_sinks',
    )
    await refused('POST', '/validate', { template: template({ a: test({ vaule: 1 }) }) }, 400, /Unknown Property vaule/)
  })

  it('tells what the stacks inside take, if it is asked to', async () => {
    const inner = {
      heat_template_version: '2018-08-31',
      description: 'the stack inside',
      parameters: { size: { type: 'number', default: 10 }, name: { type: 'string', default: 'n' } },
      parameter_groups: [{ label: 'all', parameters: ['size', 'name'] }],
      resources: { a: value({ get_param: 'size' }) },
    }
    const cfn = {
      AWSTemplateFormatVersion: '2010-09-09',
      Parameters: { Size: { Type: 'Number' } },
      Resources: { F: { Type: 'inner.yaml', Properties: { size: { Ref: 'Size' } } } },
    }
    const grouped = { type: 'inner.yaml', properties: { size: { get_param: 'p' } } }
    const given = {
      template: {
        heat_template_version: '2018-08-31',
        parameters: { p: { type: 'number', default: 5 } },
        resources: {
          file: { type: 'inner.yaml' },
          cfn: { type: 'AWS::CloudFormation::Stack', properties: { TemplateURL: 'cfn', Parameters: { Size: 7 } } },
          text: { type: 'OS::Heat::Stack', properties: { template: { get_file: 'inner.yaml' } } },
          group: { type: 'OS::Heat::ResourceGroup', properties: { count: 3, resource_def: grouped } },
          scaled: { type: 'OS::Heat::AutoScalingGroup', properties: { min_size: 2, max_size: 3, resource: grouped } },
          chain: { type: 'OS::Heat::ResourceChain', properties: { resources: ['inner.yaml', 'OS::Heat::None'] } },
          plain: value('v'),
        },
      },
      files: { 'inner.yaml': JSON.stringify(inner), cfn: JSON.stringify(cfn) },
    }
    const described = (type: string, size?: number) => ({
      Type: type,
      Description: 'the stack inside',
      Parameters: {
        size: {
          ...{ Type: 'Number', Description: '', NoEcho: 'false', Label: 'size', Default: 10 },
          ...(size === undefined ? {} : { Value: size }),
        },
        name: { Type: 'String', Description: '', NoEcho: 'false', Label: 'name', Default: 'n' },
      },
      ParameterGroups: inner.parameter_groups,
    })
    const { body } = await api().send('POST', '/validate?show_nested=true', given)
    const { scaled, ...others } = body.NestedParameters
    const made = { Description: 'No description', Parameters: {} }
    expect(others).to.deep.equal({
      file: described('inner.yaml'),
      cfn: {
        Type: 'AWS::CloudFormation::Stack',
        Description: 'No description',
        Parameters: { Size: { Type: 'Number', Description: '', NoEcho: 'false', Label: 'Size', Value: 7 } },
        NestedParameters: { F: described('inner.yaml', 7) },
      },
      text: described('OS::Heat::Stack'),
      // One member stands for all.
      group: { Type: 'OS::Heat::ResourceGroup', ...made, NestedParameters: { 0: described('inner.yaml', 5) } },
      chain: { Type: 'OS::Heat::ResourceChain', ...made, NestedParameters: { 0: described('inner.yaml') } },
    })
    expect(Object.values(scaled.NestedParameters)).to.deep.equal([described('inner.yaml', 5)])
    for (const query of ['', '?show_nested=false']) {
      expect((await api().send('POST', `/validate${query}`, given)).body).to.not.have.property('NestedParameters')
    }
  })

  it('tells all that is wrong with a template, with line and column if it came as text', async () => {
    const text = [
      'heat_template_version: 2018-08-31',
      'resources:',
      '  a: { type: OS::Heat::Valu }',
      '  b:',
      '    type: OS::Heat::Value',
      '    properties:',
      '      vaule: 1',
    ].join('\n')
    const { status, body } = await api().send('POST', '/validate', { template: text })
    expect(status).to.equal(400)
    expect(body.error.message).to.contain('The Resource Type (OS::Heat::Valu) could not be found.')
    const places = body.errors.map((one: Record<string, unknown>) => [one.path, one.line, one.column])
    expect(places).to.deep.equal([
      ['resources.a.type', 3, 8],
      ['resources.b.properties.vaule', 7, 7],
    ])
    const created = await api().send('POST', '/stacks', {
      stack_name: 'placed',
      template: text.replace('Valu }', 'Value, properties: { value: 1 } }'),
    })
    expect(created.status).to.equal(400)
    expect(created.body.errors).to.deep.include.members([
      {
        type: 'StackValidationFailed',
        message: created.body.errors[0].message,
        path: 'resources.b.properties.vaule',
        line: 7,
        column: 7,
      },
    ])
  })

  it('lets a resource take as long as its stack may, at every level', async () => {
    const waits = template({ nest: { type: 'waits.yaml' }, w: delay(90, ['DELETE']) })
    const files = { 'waits.yaml': JSON.stringify(template({ inner: delay(90, ['DELETE']) })) }
    const answer = await api().send('POST', '/validate', { template: waits, files })
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    const { body } = await api().send('POST', '/validate', { template: waits, files, timeout_mins: 1 })
    expect(body.errors.map(({ message }: { message: string }) => message)).to.deep.equal(
      ['w', 'nest<waits.yaml>.resources.inner'].map(
        at => `resources.${at}.properties: maximum delay 90s exceeds stack timeout.`,
      ),
    )
  })

  it('warns of keys that stand there twice, of which the last counts', async () => {
    const template = 'heat_template_version: 2018-08-31\nresources:\n  a: {type: No::Such}\n  a: {type: OS::Heat::None}'
    const { status, body } = await api().send('POST', '/validate', { template })
    expect(status).to.equal(200)
    expect(body.Warnings).to.have.lengthOf(1)
    expect(body.Warnings[0]).to.include({ path: 'resources.a', line: 4, column: 3 })
    const once = await api().send('POST', '/validate', { template: template.replace('  a: {type: No::Such}\n', '') })
    expect(once.body).not.to.have.property('Warnings')
  })

  it('tells it of files and of members of groups as well, where they are written', async () => {
    const template = [
      'heat_template_version: 2018-08-31',
      'resources:',
      '  a: { type: a.yaml }',
      '  g:',
      '    type: OS::Heat::ResourceGroup',
      '    properties:',
      '      resource_def: { type: OS::Heat::Value, properties: { valu: 1 } }',
    ].join('\n')
    const files = { 'a.yaml': 'heat_template_version: 2018-08-31\nresources:\n  b: { type: No::Such }\n' }
    for (const path of ['/validate', '/stacks']) {
      const { body } = await api().send('POST', path, { stack_name: 'placed', template, files })
      expect(body.errors[0]).to.include({ file: 'a.yaml', path: 'resources.b.type', line: 3, column: 8 })
      expect(body.errors[0].message).to.contain('resources.a<a.yaml>: The Resource Type (No::Such)')
      if (path === '/stacks') continue
      const path1 = 'resources.g.properties.resource_def.properties.valu'
      expect(body.errors[1]).to.include({ path: path1, line: 7, column: 60 }).and.not.to.have.property('file')
    }
    const broken = await api().send('POST', '/stacks', { stack_name: 'placed', template, files: { 'a.yaml': 'a: [' } })
    expect(broken.body.errors[0]).to.include({ file: 'a.yaml', path: '', line: 1 })
    expect(broken.body.error.message).to.contain('Error parsing template a.yaml')
    const unread = await api().send('POST', '/validate', { template: 'heat_template_version: 2018-08-31\na: .inf' })
    expect(unread.body.errors[0]).to.include({ line: 2, column: 4 })
  })

  it('knows the outputs of stacks inside, in both formats, as a create does', async () => {
    const files = { 'in.yaml': 'heat_template_version: 2018-08-31\noutputs:\n  size: {value: 1}\n' }
    const nested = {
      cfn: { type: 'AWS::CloudFormation::Stack', properties: { TemplateURL: 'in.yaml' } },
      text: { type: 'OS::Heat::Stack', properties: { template: { get_file: 'in.yaml' } } },
      file: { type: 'in.yaml' },
    }
    const hot = (one: object) => template({ ...nested, v: value({ get_attr: one }) })
    const cfn = {
      AWSTemplateFormatVersion: '2010-09-09',
      Resources: {
        C: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'in.yaml' } },
        V: { Type: 'OS::Heat::Value', Properties: { value: { 'Fn::GetAtt': ['C', 'Outputs.sise'] } } },
      },
    }
    for (const wrong of [hot(['cfn', 'Outputs.sise']), hot(['file', 'sise']), cfn]) {
      for (const path of ['/validate', '/stacks']) {
        const body = { stack_name: 'inside', template: wrong, files }
        await refused('POST', path, body, 400, /The Referenced Attribute \(.*sise\) is incorrect\. \(did you mean/)
      }
    }
    const right = await api().send('POST', '/validate', { template: hot(['cfn', 'Outputs.size']), files })
    expect(right.status, JSON.stringify(right.body)).to.equal(200)
    const { body } = await api().send('POST', '/validate', { template: hot(['text', 'outputs', 'sise']), files })
    expect(body.Warnings).to.deep.equal([
      {
        path: 'resources.v.properties.value.get_attr',
        message: 'text has nothing at [outputs, sise], so this is null (did you mean size?)',
      },
    ])
  })

  it('misses what a stack inside has to be given, as a create does', async () => {
    const files = { 'in.yaml': 'heat_template_version: 2018-08-31\nparameters:\n  size: {type: string}\n' }
    const inner = (properties: object) =>
      template({ s: { type: 'OS::Heat::Stack', properties: { template: { get_file: 'in.yaml' }, ...properties } } })
    for (const path of ['/validate', '/stacks']) {
      const body = { stack_name: 'inside', template: inner({ parameters: {} }), files }
      await refused('POST', path, body, 400, /resources\.s<template>.*The Parameter \(size\) was not provided\./)
    }
    const right = await api().send('POST', '/validate', { template: inner({ parameters: { size: 'x' } }), files })
    expect(right.status, JSON.stringify(right.body)).to.equal(200)
  })

  it('says where it stands that a template is of no version, or in a circle', async () => {
    const first = async (text: string) => {
      const { body } = await api().send('POST', '/validate', { template: text })
      const created = await api().send('POST', '/stacks', { stack_name: 'placed', template: text })
      expect(created.body.errors[0]).to.deep.equal(body.errors[0])
      const [{ path, line, column }] = body.errors
      return [path, line, column]
    }
    const circle = 'resources:\n  a: {type: OS::Heat::None, depends_on: a}\n'
    expect(await first('heat_template_version: 2018-08-32\n')).to.deep.equal(['heat_template_version', 1, 1])
    expect(await first('\nheat_template_verison: 2018-08-31\n')).to.deep.equal(['heat_template_verison', 2, 1])
    expect(await first('- a\n')).to.deep.equal(['', 1, 1])
    expect(await first(`heat_template_version: 2018-08-31\n${circle}`)).to.deep.equal(['resources.a.depends_on', 3, 29])
    const text = "AWSTemplateFormatVersion: '2010-09-09'\nParameters:\n  P: {Type: Number, Default: many}\n"
    expect(await first(text)).to.deep.equal(['Parameters.P.Default', 3, 21])
  })
})
