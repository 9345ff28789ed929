import { heatRevision } from '@hearth/config'
import { workers } from '@hearth/db'
import * as errors from '../../errors.js'
import { type RouteMaker, route } from '../context.js'
import { serviceTime } from '../../time.js'

/** The daemons at work, and what they were built from. */
export const serviceRoutes: RouteMaker = services => [
  route(services, 'GET', '/services', async () => {
    const listed = await workers.list(services.db)
    if (listed.length === 0) throw errors.serviceUnavailable('All heat engines are down.')
    return {
      services: listed.map(({ id, host, hostname, reportInterval, createdAt, heartbeatAt, alive, engines }) => ({
        id,
        binary: 'heat-engine',
        engine_id: id,
        host,
        hostname,
        topic: 'engine',
        report_interval: reportInterval,
        created_at: serviceTime(createdAt),
        updated_at: serviceTime(heartbeatAt),
        deleted_at: null,
        status: alive ? 'up' : 'down',
        // Hearth's own.
        engines,
      })),
    }
  }),
  route(services, 'GET', '/build_info', () => {
    const revision = services.options.get(heatRevision)
    return { api: { revision }, engine: { revision } }
  }),
]
