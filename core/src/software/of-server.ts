import type { Queryable } from '@hearth/db'
import type { Secrets } from '../resource/secrets/secrets.js'
import { type Config, configsByIds, deploymentsOf } from './rows.js'

/** The configs of all deployments to a server, by name: what the server is to do, in this order. */
export async function configsOfServer(
  on: Queryable,
  secrets: Secrets,
  project: string,
  server: string,
): Promise<Config[]> {
  const deployed = await deploymentsOf(on, secrets, project, server)
  const ids = [...new Set(deployed.map(({ configId }) => configId))]
  const rows = ids.length === 0 ? [] : await configsByIds(on, secrets, ids)
  const nameOf = ({ name }: Config): string => name ?? ''
  return rows.sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : nameOf(one) > nameOf(other) ? 1 : 0))
}
