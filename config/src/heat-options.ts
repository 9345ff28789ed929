/** Options of a heat.conf that Hearth knows and has no use for: named once in the log instead of warned about. */

const words = (text: string): string[] => text.split(/\s+/).filter(word => word !== '')

const unusedDefaults: ReadonlySet<string> = new Set(
  words(`num_engine_workers engine_life_check_timeout error_wait_time action_retry_limit client_retry_limit
    template_fetch_timeout environment_dir template_dir plugin_dirs
    encrypt_parameters_and_properties heat_stack_user_role default_notification_level
    default_publisher_id log_dir log_config_append log_date_format watch_log_file use_syslog syslog_log_facility
    use_stderr use_json default_log_levels logging_context_format_string logging_default_format_string
    logging_debug_format_suffix logging_exception_prefix logging_user_identity_format use_journal
    deferred_auth_method reauthentication_auth_method allow_trusts_redelegation trusts_delegated_roles
    stack_user_domain_id stack_user_domain_name stack_domain_admin stack_domain_admin_password
    heat_metadata_server_url instance_connection_is_secure
    instance_connection_https_validate_certificates region_name_for_services region_name_for_shared_services
    shared_services_types server_keystone_endpoint_type max_server_name_length max_interface_check_attempts
    max_nova_api_microversion max_cinder_api_microversion max_ironic_api_microversion
    default_software_config_transport default_deployment_signal_transport default_user_data_format
    stack_scheduler_hints metadata_put_timeout cloud_backend keystone_backend loadbalancer_template transport_url
    rpc_response_timeout control_exchange executor_thread_pool_size onready stack_user_domain enable_cloud_watch_lite
    heat_watch_server_url graceful_shutdown_timeout publish_errors fatal_deprecations rate_limit_interval
    rate_limit_burst rate_limit_except_level instance_format instance_uuid_format verbose log_format log_config logfile
    logdir use_syslog_rfc_format use_eventlog log_color log_rotate_interval log_rotate_interval_type max_logfile_count
    max_logfile_size_mb log_rotation_type log_options notification_driver notification_topics
    notification_transport_url notification_level list_notifier_drivers notifier_strategy
    allowed_rpc_exception_modules fake_rabbit conn_pool_min_size conn_pool_ttl policy_file policy_default_rule
    policy_dirs instance_driver instance_user default_instance_user keystone_ec2_uri memcached_servers lock_path
    disable_process_locking backdoor_port backdoor_socket run_external_periodic_tasks periodic_fuzzy_delay
    api_paste_config client_socket_timeout max_header_line tcp_keepidle max_request_body_size use_forwarded_for
    enable_proxy_headers_parsing secure_proxy_ssl_header db_backend dbapi_use_tpool fatal_exception_format_errors
    pybasedir bindir config_dir config_file config_source workers`),
)

/** What drivers of the message bus and the WSGI server of older releases had in DEFAULT. */
const unusedPrefixes = /^(rpc|zmq|rabbit|kombu|qpid|amqp|matchmaker|wsgi)_/

/** Whole sections. */
const unusedSections: ReadonlySet<string> = new Set(
  words(`auth_password clients ec2authtoken trustee volumes cache constraint_validation_cache service_extension_cache
    resource_finder_cache keystone_authtoken keystone oslo_concurrency oslo_policy oslo_middleware oslo_reports
    oslo_versionedobjects oslo_limit profiler profiler_jaeger profiler_otlp healthcheck ssl heat_api_cfn
    heat_api_cloudwatch heat_all eventlet_opts heat_integrationtests cors cors.subdomain paste_deploy noauth
    matchmaker_redis matchmaker_ring rpc_notifier2 audit_middleware_notifications service_auth service_user
    key_manager barbican`),
)
/** One section for each client of a service, and for each driver of the message bus. */
const unusedSectionPrefixes = /^(clients|oslo_messaging)_/

/** Options of sections that Hearth reads in part. */
const unusedIn: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['heat_api', new Set(words('backlog workers cert_file key_file max_header_line tcp_keepidle'))],
  [
    'database',
    new Set(
      words(`slave_connection max_overflow max_retries retry_interval connection_recycle_time pool_timeout db_max_retries
      db_retry_interval db_max_retry_interval db_inc_retry_interval connection_debug connection_trace backend
      mysql_sql_mode mysql_enable_ndb mysql_wsrep_sync_wait sqlite_db sqlite_synchronous synchronous_reader
      use_db_reconnect use_tpool idle_timeout min_pool_size connection_parameters asyncio_connection
      asyncio_slave_connection`),
    ),
  ],
])

export const isUnusedHeatOption = (section: string, name: string): boolean =>
  unusedSections.has(section) ||
  unusedSectionPrefixes.test(section) ||
  (section === 'DEFAULT' && (unusedDefaults.has(name) || unusedPrefixes.test(name))) ||
  (unusedIn.get(section)?.has(name) ?? false)
