import { createHmac, timingSafeEqual } from 'node:crypto'
import type { SignalUrl } from '../../plugin/index.js'
import { Links } from '../links.js'

/** What a signature stands for: one incarnation, so that the URL of a resource that was replaced is worth nothing. */
export interface Signed {
  readonly stack: { readonly project: string; readonly name: string; readonly id: string }
  readonly resource: { readonly id: string; readonly name: string }
}

/**
 * URLs by which resources are signalled without a token: whoever knows one may send signals to one resource, and do
 * nothing else. A signature follows from the key, so every daemon with the same key makes and knows the same.
 */
export class SignalUrls {
  private readonly key: Buffer

  /**
   * @param secret what the data of resources is encrypted with: daemons of one database share it.
   * @param base where this API is reached, with its version, e.g. `http://heat.example:8004/v1`.
   */
  constructor(
    secret: string,
    private readonly base: () => string,
  ) {
    this.key = createHmac('sha256', secret).update('signal URLs').digest()
  }

  of(signed: Signed): SignalUrl {
    const plain = `${new Links(this.base()).resource(signed.stack, signed.resource.name)}/signal`
    return { plain, signed: `${plain}/${this.sign(signed)}` }
  }

  /** Takes as long for a wrong signature as for the right one. */
  accepts(signed: Signed, signature: string): boolean {
    const given = Buffer.from(signature)
    const right = Buffer.from(this.sign(signed))
    return given.length === right.length && timingSafeEqual(given, right)
  }

  private sign({ stack, resource }: Signed): string {
    const what = JSON.stringify([stack.project, stack.id, resource.name, resource.id])
    return createHmac('sha256', this.key).update(what).digest('base64url')
  }
}
