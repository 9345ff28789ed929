import { keepAliveMs } from './connection.js'

/** Probes of a connection on which nothing is said, and the seconds between them. */
const probes = 3
const betweenProbes = 2

/**
 * What a connection asks of the server's own end, in the form of libpq's `options`: to find out in less than half a
 * minute that our host is cut off, instead of in hours, or in a quarter of an hour while an answer is on its way. On a
 * Unix socket the server passes over it.
 * @param settings what else; spaces in a value with a backslash before.
 */
export const sessionOptions = (settings: Readonly<Record<string, string | number>> = {}): string =>
  Object.entries({
    tcp_keepalives_idle: keepAliveMs / 1000,
    tcp_keepalives_interval: betweenProbes,
    tcp_keepalives_count: probes,
    tcp_user_timeout: keepAliveMs,
    ...settings,
  })
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ')
