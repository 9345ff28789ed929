import { type OptionType, option } from '@hearth/core/plugin'
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
export const options = [connections]
