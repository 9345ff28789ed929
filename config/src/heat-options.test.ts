import { expect } from 'chai'
import { isUnusedHeatOption } from './heat-options.js'
import { hostOptions } from './options/index.js'

describe('Options of Heat that Hearth has no use for', () => {
  const known = (...labels: string[]): string[] => labels.filter(label => !isUnused(label))
  const isUnused = (label: string): boolean => {
    const [, section = '', name = ''] = /^\[(.*)\] (.*)$/.exec(label) ?? []
    return isUnusedHeatOption(section, name)
  }

  it('are known by the names of all releases', () => {
    const left = known(
      '[DEFAULT] rpc_backend',
      '[DEFAULT] transport_url',
      '[DEFAULT] rabbit_host',
      '[DEFAULT] qpid_hostname',
      '[DEFAULT] kombu_ssl_version',
      '[DEFAULT] rpc_zmq_port',
      '[DEFAULT] notification_driver',
      '[DEFAULT] verbose',
      '[DEFAULT] instance_user',
      '[DEFAULT] lock_path',
      '[oslo_messaging_rabbit] rabbit_hosts',
      '[oslo_messaging_zmq] rpc_zmq_port',
      '[oslo_messaging_notifications] driver',
      '[keystone_authtoken] auth_url',
      '[clients_keystone] auth_uri',
      '[trustee] auth_type',
      '[ec2authtoken] auth_uri',
      '[cache] enabled',
      '[profiler] enabled',
      '[noauth] token_response',
      '[paste_deploy] flavor',
      '[eventlet_opts] wsgi_keep_alive',
      '[matchmaker_redis] host',
      '[cors.subdomain] allowed_origin',
      '[database] idle_timeout',
      '[heat_api] workers',
    )
    expect(left).to.deep.equal([])
  })

  it('are not those that Hearth has, nor those that would have to be moved', () => {
    expect(hostOptions.filter(({ section, name }) => isUnusedHeatOption(section, name))).to.deep.equal([])
    // Where Heat read the address of its database long ago, and Hearth does not.
    expect(known('[DEFAULT] sql_connection', '[DEFAULT] bind_port', '[database] conection')).to.have.length(3)
  })
})
