import { type MaybeUnknown, type Options, PropertyFailure, Unknown } from '@hearth/core/plugin'
import { refusalOf } from '../outbound/index.js'
import { type Session, sessions } from './connect.js'
import { connections, statementTimeout } from './options.js'
import { reachBy } from './reach.js'
import { serverOf } from './server.js'

/** The servers that resources may be on: what the types of this folder are made with. */
export interface Access {
  /** Refuses properties that name no server. What is not known yet passes. @throws PropertyFailure */
  check(properties: Readonly<Record<string, MaybeUnknown>>): void
  readonly session: Session
}

export const accessBy = (options: Options): Access => ({
  check(properties) {
    const { connection = null, server = null } = properties
    if (Unknown.is(connection) || Unknown.is(server)) return
    const { host } = serverOf({ connection, server }, options.get(connections))
    const refusal = connection === null && typeof host === 'string' ? refusalOf(host, options) : undefined
    if (refusal !== undefined) throw new PropertyFailure('server.host', refusal)
  },
  session: sessions(reachBy(options), () => options.get(statementTimeout)),
})
