import { type Queryable, type SoftwareConfigRow, softwareConfigs, softwareDeployments } from '@hearth/db'

/** The configs of all deployments to a server, by name: what the server is to do, in this order. */
export async function configsOfServer(on: Queryable, project: string, server: string): Promise<SoftwareConfigRow[]> {
  const deployed = await softwareDeployments.list(on, project, server)
  const ids = [...new Set(deployed.map(({ configId }) => configId))]
  const rows = ids.length === 0 ? [] : await softwareConfigs.byIds(on, ids)
  const nameOf = ({ name }: SoftwareConfigRow): string => name ?? ''
  return rows.sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : nameOf(one) > nameOf(other) ? 1 : 0))
}
