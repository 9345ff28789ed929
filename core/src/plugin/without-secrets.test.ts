import { expect } from 'chai'
import { dumps, repr } from '../template/values/python.js'
import { secretsIn, withoutSecrets } from './without-secrets.js'

describe('a text without secrets', () => {
  it('has nothing left of one that begins as another does', () => {
    for (const secrets of [
      ['abcd', 'abcdefgh'],
      ['abcdefgh', 'abcd'],
    ])
      expect(withoutSecrets('is abcdefgh, not abcd', secrets)).to.equal('is ******, not ******')
  })

  it('keeps what is too short to be one, or is none', () => {
    expect(withoutSecrets('an ox', ['ox', '', null, undefined])).to.equal('an ox')
  })

  it('has no part of a secret value, however it is written', () => {
    const secrets = secretsIn({ deep: [{ pin: 12345, on: true, none: null }, 'a "word"'] })
    expect(withoutSecrets(String.raw`true, 12345, a "word", {"x":"a \"word\""}`, secrets)).to.equal(
      'true, ******, ******, {"x":"******"}',
    )
  })

  it('has none as Python writes it', () => {
    const secret = `pä"s's\\w\nord`
    for (const write of [repr, dumps, JSON.stringify, String]) {
      const text = `got ${write({ a: secret })}`
      if (write !== String) expect(withoutSecrets(text, secretsIn(secret))).to.match(/^got .{1,7}\*{6}.{1,2}$/)
      expect(withoutSecrets(`got ${write(secret)}`, secretsIn(secret))).to.match(/^got .?\*{6}.?$/)
    }
  })
})
