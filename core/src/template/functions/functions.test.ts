import { expect } from 'chai'
import { floatValue } from '../values/float.js'
import { valued } from '../kit.test.js'
import type { Version } from '../formats/version.js'
import { plainFormats } from '../formats/index.js'
import { templateFunctions } from './index.js'
import { at, failure, older } from './kit.test.js'

const versionOn = (date: string) => plainFormats.find(`heat_template_version.${date}`) as Version

describe('a function', () => {
  it('is a map of one key that the version knows', () => {
    expect(valued({ get_param: 'text' })).to.equal('hello')
    expect(valued({ get_param: 'text', more: 1 })).to.deep.equal({ get_param: 'text', more: 1 })
    expect(valued({ filter: 'dust', digest: ['md5', 'x'] }, older)).to.have.property('filter')
    expect(valued({ equals: [1, 1] })).to.deep.equal({ equals: [1, 1] })
  })

  it('of a later version is a mistake where it looks like a use, and data where it does not', () => {
    expect(failure({ digest: ['md5', 'x'] }, older)).to.equal(
      `${at}.digest: The function "digest" came with heat_template_version 2015-04-30; this template has 2014-10-16.`,
    )
    expect(failure({ repeat: { template: 'x', for_each: { x: ['a'] } } }, older)).to.contain('came with')
    expect(failure({ if: [true, 1, 2] }, older)).to.contain('came with heat_template_version 2016-10-14')
    expect(valued({ filter: 'dust' }, older)).to.deep.equal({ filter: 'dust' })
    expect(valued({ repeat: { every: 'day' } }, older)).to.deep.equal({ repeat: { every: 'day' } })
    expect(valued({ digest: 'daily' }, older)).to.deep.equal({ digest: 'daily' })
  })

  it('of CloudFormation is there in the first version of HOT', () => {
    const first = { version: '2013-05-23' }
    expect(valued({ Ref: 'other' }, first)).to.equal('other')
    expect(valued({ Ref: 'text' }, first)).to.equal('hello')
    expect(valued({ 'Fn::Select': ['1', { Ref: 'list' }] }, first)).to.equal('b')
    for (const index of [1.5, floatValue(1), true]) {
      expect(valued({ 'Fn::Select': [index, ['a', 'b']] }, first)).to.equal('b')
    }
    expect(valued({ 'Fn::Join': ['-', ['a', { get_param: 'text' }]] }, first)).to.equal('a-hello')
    expect(failure({ Ref: 'nothing' }, first)).to.contain('The specified reference "nothing"')
  })

  it('that was removed parses and fails validation', () => {
    expect(failure({ 'Fn::Join': ['', []] })).to.equal(
      `${at}.Fn::Join: The template version is invalid: The function Fn::Join is not supported in this version of HOT.`,
    )
  })

  it('comes and stays with versions', () => {
    const names = (date: string) => templateFunctions(versionOn(date), false).map(one => one.functions)
    expect(names('2014-10-16')).to.not.include.members(['repeat', 'digest'])
    expect(names('2015-04-30')).to.include.members(['repeat', 'digest']).and.not.include('str_split')
    expect(names('2016-04-08')).to.include('map_merge').and.not.include('if')
    expect(names('2021-04-16')).to.include.members(['if', 'make_url', 'contains'])
  })

  it('is listed with its description', () => {
    const listed = templateFunctions(versionOn('2016-10-14'), true)
    expect(listed).to.deep.include({ functions: 'get_file', description: 'A function for including a file inline.' })
    expect(listed.map(one => one.functions))
      .to.include('equals')
      .and.not.include('Fn::Join')
    expect(templateFunctions(versionOn('2016-10-14'), false).map(one => one.functions)).to.not.include('equals')
  })
})
