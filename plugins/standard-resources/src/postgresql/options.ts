import { type OptionType, option, seconds } from '@hearth/core/plugin'
import { readUrl, type Server } from './server.js'

/** Servers by the names that templates use. Their addresses hold passwords: they are never printed. */
const servers: OptionType<ReadonlyMap<string, Server>> = {
  expected: 'NAME=postgresql://user:password@host:port/database?sslmode=…, separated by commas or lines',
  parse(text) {
    const found = new Map<string, Server>()
    for (const entry of text.split(/[,\n]/).map(one => one.trim())) {
      if (entry === '') continue
      const [, name, url] = /^([\w.-]+)\s*=\s*(\S+)$/.exec(entry) ?? []
      const server = url === undefined ? undefined : readUrl(url)
      if (name === undefined || server === undefined || found.has(name)) return undefined
      found.set(name, server)
    }
    return found
  },
  print: () => '',
  secret: true,
}

export const connections = option('postgresql', 'connections', servers, {
  default: new Map(),
  mutable: true,
  help: 'PostgreSQL servers that templates may name in the property connection of Hearth::PostgreSQL:: types, so that no template holds their passwords. Every project may use all of them, with the rights of the user that stands there, whatever the rules for addresses say.',
})
/** Copies of large databases take minutes. */
export const statementTimeout = option('postgresql', 'statement_timeout', seconds({ min: 1, max: 86_400 }), {
  default: 300,
  mutable: true,
  help: 'How long one statement may take that a Hearth::PostgreSQL:: type sends, the time that it waits for locks of others included. A script says so itself (timeout_seconds). Shorter: what is held up fails sooner. Too short: a database cannot be copied from a large template.',
})
export const options = [connections, statementTimeout]
