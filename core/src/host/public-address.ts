import { isIPv6 } from 'node:net'
import { bindHost, bindPort, heatWaitconditionServerUrl, host } from '@hearth/config'
import type { Options } from '../plugin/index.js'

/** Where those who send signals reach the API, in URLs that are handed out and kept. */
export class PublicAddress {
  private port: number | undefined

  constructor(private readonly options: Options) {}

  /** The API of this daemon listens: `bind_port` may have left it to choose. */
  listensAt(port: number | string): void {
    this.port = Number(port)
  }

  /** With the API's version, e.g. `http://heat.example:8004/v1`. */
  get base(): string {
    const given = this.options.get(heatWaitconditionServerUrl)
    if (given !== undefined) return given
    return `http://${nameOf(this.options)}:${this.port ?? this.options.get(bindPort)}/v1`
  }
}

/** One that listens on all addresses is reached by its name. */
function nameOf(options: Options): string {
  const address = options.get(bindHost)
  if (address === '0.0.0.0' || address === '::') return options.get(host)
  return isIPv6(address) ? `[${address}]` : address
}
