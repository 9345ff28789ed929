import { expect } from 'chai'
import { root } from './file/options.js'
import plugin from './index.js'
import { allowed, environment } from './process/options.js'

describe('the options of the types', () => {
  it('are declared once, each in a section of its namespace', () => {
    const labels = (plugin.options ?? []).map(({ section, name }) => `${section}.${name}`)
    expect(labels).to.include.members(['file.root', 'outbound.allow', 'outbound.deny', 'process.allowed'])
    expect(new Set(labels).size).to.equal(labels.length)
  })

  it('are refused at start if they could not mean what they say', () => {
    expect(root.type.parse(' /srv//hearth/../files ')).to.equal('/srv/files')
    expect(root.type.parse('srv')).to.equal(undefined)
    expect(allowed.type.parse('/bin/sh, touch,g++')).to.deep.equal(['/bin/sh', 'touch', 'g++'])
    for (const wrong of ['./x', 'bin/x', '/bin/', '/bin/../x', 'a b'])
      expect(allowed.type.parse(wrong), wrong).to.equal(undefined)
    expect(environment.type.parse('APP_*,LANG')).to.deep.equal(['APP_*', 'LANG'])
    for (const wrong of ['*', 'A*B', '1A', 'A-B']) expect(environment.type.parse(wrong), wrong).to.equal(undefined)
  })
})
