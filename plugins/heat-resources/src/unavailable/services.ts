/** Heat's types that are carried out by another service of OpenStack, by that service's name among Heat's clients. */
export const typesOfServices: Readonly<Record<string, string>> = {
  aodh: `OS::Aodh::CompositeAlarm OS::Aodh::EventAlarm OS::Aodh::GnocchiAggregationByMetricsAlarm
    OS::Aodh::GnocchiAggregationByResourcesAlarm OS::Aodh::GnocchiResourcesAlarm OS::Aodh::LBMemberHealthAlarm
    OS::Aodh::PrometheusAlarm`,
  barbican: `OS::Barbican::CertificateContainer OS::Barbican::GenericContainer OS::Barbican::Order
    OS::Barbican::RSAContainer OS::Barbican::Secret`,
  blazar: 'OS::Blazar::Host OS::Blazar::Lease',
  cinder: `OS::Cinder::EncryptedVolumeType OS::Cinder::QoSAssociation OS::Cinder::QoSSpecs OS::Cinder::Quota
    OS::Cinder::Volume OS::Cinder::VolumeAttachment OS::Cinder::VolumeType AWS::EC2::Volume AWS::EC2::VolumeAttachment`,
  designate: 'OS::Designate::Domain OS::Designate::Record OS::Designate::RecordSet OS::Designate::Zone',
  glance: 'OS::Glance::Image OS::Glance::WebImage',
  ironic: 'OS::Ironic::Port',
  keystone: `OS::Keystone::Domain OS::Keystone::Endpoint OS::Keystone::Group OS::Keystone::GroupRoleAssignment
    OS::Keystone::Project OS::Keystone::Region OS::Keystone::Role OS::Keystone::Service OS::Keystone::User
    OS::Keystone::UserRoleAssignment OS::Heat::AccessPolicy AWS::IAM::AccessKey AWS::IAM::User`,
  magnum: 'OS::Magnum::Bay OS::Magnum::BayModel OS::Magnum::Cluster OS::Magnum::ClusterTemplate',
  manila: 'OS::Manila::SecurityService OS::Manila::Share OS::Manila::ShareNetwork OS::Manila::ShareType',
  mistral: 'OS::Mistral::CronTrigger OS::Mistral::ExternalResource OS::Mistral::Workflow',
  monasca: 'OS::Monasca::AlarmDefinition OS::Monasca::Notification',
  neutron: `OS::Neutron::AddressScope OS::Neutron::ExtraRoute OS::Neutron::ExtraRouteSet OS::Neutron::Firewall
    OS::Neutron::FirewallPolicy OS::Neutron::FirewallRule OS::Neutron::FloatingIP OS::Neutron::FloatingIPAssociation
    OS::Neutron::FloatingIPPortForward OS::Neutron::FlowClassifier OS::Neutron::HealthMonitor OS::Neutron::IKEPolicy
    OS::Neutron::IPsecPolicy OS::Neutron::IPsecSiteConnection OS::Neutron::L2Gateway OS::Neutron::L2GatewayConnection
    OS::Neutron::LBaaS::HealthMonitor OS::Neutron::LBaaS::L7Policy OS::Neutron::LBaaS::L7Rule
    OS::Neutron::LBaaS::Listener OS::Neutron::LBaaS::LoadBalancer OS::Neutron::LBaaS::Pool
    OS::Neutron::LBaaS::PoolMember OS::Neutron::LoadBalancer OS::Neutron::MeteringLabel OS::Neutron::MeteringRule
    OS::Neutron::Net OS::Neutron::NetworkGateway OS::Neutron::Pool OS::Neutron::PoolMember OS::Neutron::Port
    OS::Neutron::PortChain OS::Neutron::PortPair OS::Neutron::PortPairGroup OS::Neutron::ProviderNet
    OS::Neutron::QoSBandwidthLimitRule OS::Neutron::QoSDscpMarkingRule OS::Neutron::QoSMinimumBandwidthRule
    OS::Neutron::QoSMinimumPacketRateRule OS::Neutron::QoSPolicy OS::Neutron::Quota OS::Neutron::RBACPolicy
    OS::Neutron::Router OS::Neutron::RouterGateway OS::Neutron::RouterInterface OS::Neutron::SecurityGroup
    OS::Neutron::SecurityGroupRule OS::Neutron::Segment OS::Neutron::Subnet OS::Neutron::SubnetPool
    OS::Neutron::TaaS::TapFlow OS::Neutron::TaaS::TapService OS::Neutron::Trunk OS::Neutron::VPNService
    AWS::EC2::EIP AWS::EC2::EIPAssociation AWS::EC2::InternetGateway AWS::EC2::NetworkInterface AWS::EC2::RouteTable
    AWS::EC2::SecurityGroup AWS::EC2::Subnet AWS::EC2::SubnetRouteTableAssociation AWS::EC2::VPC
    AWS::EC2::VPCGatewayAttachment`,
  nova: `OS::Nova::Flavor OS::Nova::FloatingIP OS::Nova::FloatingIPAssociation OS::Nova::HostAggregate OS::Nova::KeyPair
    OS::Nova::Quota OS::Nova::Server OS::Nova::ServerGroup AWS::EC2::Instance
    AWS::ElasticLoadBalancing::LoadBalancer`,
  octavia: `OS::Octavia::AvailabilityZone OS::Octavia::AvailabilityZoneProfile OS::Octavia::Flavor
    OS::Octavia::FlavorProfile OS::Octavia::HealthMonitor OS::Octavia::L7Policy OS::Octavia::L7Rule
    OS::Octavia::Listener OS::Octavia::LoadBalancer OS::Octavia::Pool OS::Octavia::PoolMember OS::Octavia::Quota`,
  sahara: `OS::Sahara::Cluster OS::Sahara::ClusterTemplate OS::Sahara::DataSource OS::Sahara::ImageRegistry
    OS::Sahara::Job OS::Sahara::JobBinary OS::Sahara::NodeGroupTemplate`,
  senlin: `OS::Senlin::Cluster OS::Senlin::Node OS::Senlin::Policy OS::Senlin::Profile OS::Senlin::Receiver`,
  swift: 'OS::Swift::Container OS::Heat::SwiftSignal OS::Heat::SwiftSignalHandle AWS::S3::Bucket',
  trove: 'OS::Trove::Cluster OS::Trove::Instance AWS::RDS::DBInstance',
  vitrage: 'OS::Vitrage::Template',
  zaqar: `OS::Zaqar::MistralTrigger OS::Zaqar::Notification OS::Zaqar::Queue OS::Zaqar::SignedQueueURL
    OS::Zaqar::Subscription`,
  zun: 'OS::Zun::Container',
}
