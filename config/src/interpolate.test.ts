import { expect } from 'chai'
import { interpolate, type Written } from './interpolate.js'

describe('References between options', () => {
  const options: Record<string, Record<string, string>> = {
    DEFAULT: { host: 'node-1', both: 'default', path: '/var/$host', loop: '${worker.loop}', dotted: '' },
    worker: { both: 'worker', loop: '$loop2', loop2: '${DEFAULT.loop}', price: '5$$' },
  }
  const find = (section: string, name: string): Written | undefined => {
    const text = options[section]?.[name]
    return text === undefined ? undefined : { section, name, text }
  }
  const read = (text: string, section = 'worker'): string => interpolate({ section, name: 'it', text }, find)

  it('stand for what another option says, in its own section before DEFAULT', () => {
    expect(read('$both ${both} $host')).to.equal('worker worker node-1')
    expect(read('$both', 'DEFAULT')).to.equal('default')
    expect(read('${worker.both}-$worker.both', 'DEFAULT')).to.equal('worker-worker')
    expect(read('a${host}b')).to.equal('anode-1b')
    expect(read('<$dotted>')).to.equal('<>')
  })

  it('may lead to others', () => {
    expect(read('$path/log')).to.equal('/var/node-1/log')
  })

  it('leave dollar signs that are doubled, or that begin no name', () => {
    expect(read('$$host $5 a$ $ ${} $-')).to.equal('$host $5 a$ $ ${} $-')
    // Not read a second time.
    expect(read('$price both')).to.equal('5$ both')
  })

  it('are refused if they stand for nothing, or lead in a circle', () => {
    expect(() => read('pa$word')).to.throw('$word stands for no option; write $$ for a dollar sign')
    expect(() => read('${worker.none}')).to.throw('${worker.none} stands for no option')
    expect(() => read('$loop2')).to.throw(
      '[worker] it → [worker] loop2 → [DEFAULT] loop → [worker] loop → [worker] loop2 is a circle of references',
    )
  })
})
