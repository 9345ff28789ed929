import { execFileSync, spawnSync } from 'node:child_process'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonMap } from '@hearth/core/plugin'
import { expect } from 'chai'
import { doneOf, failureOf, stepOf } from '../testing/context.js'
import { text } from '../text.js'
import { privateKey } from './private-key.js'

const kinds: JsonMap[] = [
  { algorithm: 'RSA', rsa_bits: 2048 },
  { algorithm: 'ECDSA', ecdsa_curve: 'P256' },
  { algorithm: 'ECDSA', ecdsa_curve: 'P384' },
  { algorithm: 'ECDSA', ecdsa_curve: 'P521' },
  { algorithm: 'ED25519' },
]
const hasSsh = spawnSync('ssh-keygen', ['-?']).error === undefined

describe('Hearth::TLS::PrivateKey', () => {
  let folder: string
  before(() => (folder = mkdtempSync(join(tmpdir(), 'hearth-keys-'))))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const make = async (properties: JsonMap) => doneOf(await privateKey.create(stepOf(privateKey, properties)))

  for (const kind of kinds) {
    const title = `${kind.algorithm as string} ${(kind.rsa_bits ?? kind.ecdsa_curve ?? '') as string}`.trim()

    it(`makes a key of ${title}, whose halves belong together`, async () => {
      const { attributes, data, physicalId } = await make(kind)
      const key = createPrivateKey(text(data.private_key_pem))
      expect(createPublicKey(text(attributes.public_key_pem)).equals(createPublicKey(key))).to.equal(true)
      expect(physicalId).to.equal(attributes.public_key_fingerprint_sha256)
      expect(Object.values(attributes).join()).not.to.include('PRIVATE')
      const shown = privateKey.derive?.({ ...stored, data, attributes })
      expect(shown?.attributes).to.deep.equal(data)
    })

    it(`is read by ssh-keygen as ${title}`, async function () {
      if (!hasSsh) this.skip()
      const { attributes, data } = await make(kind)
      const file = join(folder, 'key')
      writeFileSync(file, text(data.private_key_openssh), { mode: 0o600 })
      const ssh = (...args: string[]): string => execFileSync('ssh-keygen', args, { encoding: 'utf8' }).trim()
      expect(ssh('-y', '-f', file)).to.equal(attributes.public_key_openssh)
      writeFileSync(`${file}.pub`, text(attributes.public_key_openssh))
      expect(ssh('-l', '-f', `${file}.pub`)).to.include(` ${attributes.public_key_fingerprint_sha256} `)
      expect(ssh('-l', '-E', 'md5', '-f', `${file}.pub`)).to.include(`MD5:${attributes.public_key_fingerprint_md5} `)
    })
  }

  it('leaves the event loop free while a large key is made', async () => {
    let turns = 0
    const counting = setInterval(() => turns++, 1)
    await make({ algorithm: 'RSA', rsa_bits: 3072 })
    clearInterval(counting)
    expect(turns).to.be.greaterThan(2)
  })

  it('finds a key that is lost, or of another kind', async () => {
    const { data } = await make({ algorithm: 'ED25519' })
    const check = (algorithm: string, kept: typeof data): Promise<string> =>
      failureOf(() => privateKey.check?.(stepOf(privateKey, { algorithm }, { data: kept })))
    await privateKey.check?.(stepOf(privateKey, { algorithm: 'ED25519' }, { data }))
    expect(await check('ED25519', {})).to.equal('its key is not kept, or cannot be read')
    expect(await check('RSA', data)).to.equal('its key is ED25519; expected RSA')
  })

  it('is adopted with its data, and not by an id alone', async () => {
    const made = await make({ algorithm: 'ED25519' })
    const adopt = (more: object) => privateKey.adopt?.(stepOf(privateKey, { algorithm: 'ED25519' }, more))
    const adopted = doneOf(await adopt({ data: made.data, physicalId: 'any' }))
    expect(adopted.attributes).to.deep.equal(made.attributes)
    expect(await failureOf(() => adopt({ physicalId: made.physicalId ?? null }))).to.match(/by its id nobody has it/)
  })
})

const stored = {
  name: 'a',
  type: privateKey.name,
  physicalId: null,
  properties: {},
  received: {},
  action: 'CREATE',
  status: 'COMPLETE',
}
