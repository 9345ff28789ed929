import { expect } from 'chai'
import fc from 'fast-check'
import { SignalUrls } from './signal-urls.js'

const base = 'http://heat.example:8004/v1'
const signed = {
  stack: { project: 'demo', name: 'web', id: '3f0b2d3e-0000-4000-8000-000000000001' },
  resource: { id: '3f0b2d3e-0000-4000-8000-000000000002', name: 'a handle/1' },
}
const signatureOf = (urls: SignalUrls, of = signed): string => urls.of(of).signed.split('/').at(-1) ?? ''

describe('The signed URL of a signal', () => {
  const urls = new SignalUrls('k'.repeat(32), () => base)

  it('is the plain one with a signature, and needs no quotes in a shell', () => {
    const { plain, signed: url } = urls.of(signed)
    expect(plain).to.equal(`${base}/demo/stacks/web/${signed.stack.id}/resources/a%20handle%2F1/signal`)
    expect(url.slice(0, plain.length + 1)).to.equal(`${plain}/`)
    expect(url).to.match(/^[\w:/.%-]+$/)
  })

  it('is known to whoever has the same key, and to nobody else', () => {
    const signature = signatureOf(urls)
    expect(new SignalUrls('k'.repeat(32), () => 'https://other/v1').accepts(signed, signature)).to.equal(true)
    expect(new SignalUrls('l'.repeat(32), () => base).accepts(signed, signature)).to.equal(false)
  })

  it('belongs to one incarnation of one resource', () => {
    const signature = signatureOf(urls)
    const { stack, resource } = signed
    for (const other of [
      { stack: { ...stack, project: 'other' }, resource },
      { stack: { ...stack, id: resource.id }, resource },
      { stack, resource: { ...resource, name: 'b' } },
      { stack, resource: { ...resource, id: stack.id } },
    ]) {
      expect(urls.accepts(other, signature)).to.equal(false)
    }
  })

  it('cannot be changed: no other text is its signature', () => {
    const right = Buffer.from(signatureOf(urls), 'base64url')
    const wrong = fc.oneof(
      fc.string(),
      fc.string().map(more => `${right.toString('base64url')}=${more}`),
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytes => Buffer.from(bytes).toString('base64url')),
      fc.nat(255).map(bit => {
        const changed = Buffer.from(right)
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        return changed.toString('base64url')
      }),
    )
    fc.assert(fc.property(wrong, text => !urls.accepts(signed, text)))
    expect(urls.accepts(signed, right.toString('base64url'))).to.equal(true)
  })
})
