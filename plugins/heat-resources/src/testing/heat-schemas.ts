/**
 * What Heat's types have, written from Heat's own (heat/engine/resources/openstack/heat, heat/engine/resources/aws/cfn):
 * a line for each property, as `schemas.test.ts` explains. Where Hearth bounds what Heat does not, the upper bound is
 * Hearth's: members of a group, signals of a condition, cooldowns and adjustments.
 */

const transports = 'HEAT_SIGNAL TEMP_URL_SIGNAL ZAQAR_SIGNAL'
const inputTypes = '(String Number CommaDelimitedList Json Boolean)'
const classes = '(lettersdigits letters lowercase uppercase digits hexdigits octdigits)'

const described = `
    options map
    inputs list
      * map
        name string !
        description string
        type string ="String" ${inputTypes}
        default any
        replace_on_change boolean =false
    outputs list
      * map
        name string !
        description string
        type string ="String" ${inputTypes}
        error_output boolean =false`
const group = `
    group string ="Heat::Ungrouped"`

const deployment = `
    config string U
    input_values map U
    actions list =["CREATE","UPDATE"] (CREATE UPDATE DELETE SUSPEND RESUME) U
    name string U
    signal_transport string ="CFN_SIGNAL" (CFN_SIGNAL NO_SIGNAL ${transports})`
const structured = `
    input_key string ="get_input"
    input_values_validate string ="LAX" (LAX STRICT)`
const server = `
    server string !`
const deployed = `
    attributes deploy_stdout:string deploy_stderr:string deploy_status_code:string *`
const servers = `
    servers map ! U
    policy rolling_update map
    policy   max_batch_size integer =1 1..
    policy   pause_time number =0 0..
    policy batch_create map
    policy   max_batch_size integer =1 1..
    policy   pause_time number =0 0..
    attributes deploy_stdouts:map deploy_stderrs:map deploy_status_codes:map`

const tags = `    Tags list
      * map
        Key string !
        Value string !`
const inBatches = `    policy   MinInstancesInService integer =0 0..
    policy   MaxBatchSize integer =1 1..
    policy   PauseTime string ="PT0S"`

export const heatSchemas: Readonly<Record<string, string>> = {
  'OS::Heat::None': `
    any property
    any policy
    attributes any
    unchanging`,
  'OS::Heat::HARestarter': `
    any property
    any policy
    attributes any
    unchanging`,
  'OS::Heat::Value': `
    type string (string number comma_delimited_list json boolean) U
    value any ! U
    attributes value`,
  'OS::Heat::RandomString': `
    length integer =32 1..512
    sequence string ${classes} hidden
    character_classes list =[{"class":"lettersdigits","min":1}]
      * map
        class string ="lettersdigits" ${classes}
        min integer =1 1..512
    character_sequences list
      * map
        sequence string !
        min integer =1 1..512
    salt string
    attributes value:string`,
  'OS::Heat::TestResource': `
    value string ="test_string" U
    fail boolean =false U
    update_replace boolean =false U
    update_replace_value string
    wait_secs number =0 U
    action_wait_secs map U
      create number
      update number
      delete number
    attr_wait_secs number =0 U
    constraint_prop_secs number =0 U
    client_name string ="" U
    entity_name string ="" U
    attributes output:string`,
  // Heat marks them all as updated in place, and has nothing that would do it.
  'OS::Heat::Delay': `
    min_wait number =0 0..
    max_jitter number =0 0..
    jitter_multiplier number =1 0..
    actions list =["CREATE"] (CREATE DELETE SUSPEND RESUME)
    attributes`,
  'OS::Heat::ResourceGroup': `
    count integer =1 0..10000 U
    index_var string ="%index%" length 3..
    resource_def map ! U
      type string !
      properties map
      metadata map
    removal_policies list =[] U
      * map
        resource_list list =[]
    removal_policies_mode string ="append" (append update) U
    policy rolling_update map
    policy   min_in_service integer =0 0..
    policy   max_batch_size integer =1 1..
    policy   pause_time number =0 0..
    policy batch_create map
    policy   max_batch_size integer =1 1..
    policy   pause_time number =0 0..
    attributes refs:list refs_map:map attributes:map removed_rsrc_list:list`,
  'OS::Heat::AutoScalingGroup': `
    resource map ! U
    max_size integer ! 0..10000 U
    min_size integer ! 0..10000 U
    cooldown integer 0..31536000 U
    desired_capacity integer 0..10000 U
    rolling_updates map ={"min_in_service":0,"max_batch_size":1,"pause_time":0} U
      min_in_service integer =0 0..
      max_batch_size integer =1 1..
      pause_time number =0 0..
    attributes outputs:map outputs_list:list current_size:integer refs:list refs_map:map`,
  'OS::Heat::InstanceGroup': `
    AvailabilityZones list !
    LaunchConfigurationName string ! U
    Size integer ! 0..10000 U
    LoadBalancerNames list
${tags}
    policy RollingUpdate map
${inBatches}
    attributes InstanceList:string`,
  'AWS::AutoScaling::AutoScalingGroup': `
    AvailabilityZones list !
    LaunchConfigurationName string U
    InstanceId string
    MaxSize integer ! 0..10000 U
    MinSize integer ! 0..10000 U
    Cooldown integer 0..31536000 U
    DesiredCapacity integer 0..10000 U
    LoadBalancerNames list
    VPCZoneIdentifier list
      * string
${tags}
    policy AutoScalingRollingUpdate map
${inBatches}
    attributes InstanceList:string`,
  'AWS::AutoScaling::LaunchConfiguration': `
    ImageId string
    InstanceType string
    InstanceId string
    KeyName string
    UserData string
    SecurityGroups list
    BlockDeviceMappings list
      * map
        DeviceName string !
        Ebs map
          DeleteOnTermination boolean =true
          SnapshotId string
          VolumeSize string
    NovaSchedulerHints list
      * map
        Key string !
        Value string !
    attributes`,
  'AWS::AutoScaling::ScalingPolicy': `
    AutoScalingGroupName string !
    ScalingAdjustment integer ! -1000000..1000000 U
    AdjustmentType string ! (ChangeInCapacity ExactCapacity PercentChangeInCapacity) U
    Cooldown integer 0..31536000 U
    MinAdjustmentStep integer 0.. U
    attributes AlarmUrl:string`,
  'OS::Heat::ScalingPolicy': `
    auto_scaling_group_id string !
    scaling_adjustment number ! -1000000..1000000 U
    adjustment_type string ! (change_in_capacity exact_capacity percent_change_in_capacity) U
    cooldown number 0..31536000 U
    min_adjustment_step integer 0.. U
    attributes alarm_url:string signal_url:string`,
  'OS::Heat::ResourceChain': `
    resources list ! length ..10000 U
    concurrent boolean =false
    resource_properties map
    attributes refs:list refs_map:map attributes:map`,
  'OS::Heat::WaitCondition': `
    handle string !
    timeout number ! 1..43200
    count integer =1 1..10000 U
    attributes data:string`,
  'OS::Heat::WaitConditionHandle': `
    signal_transport string ="TOKEN_SIGNAL" (TOKEN_SIGNAL CFN_SIGNAL NO_SIGNAL ${transports})
    attributes token:string endpoint:string curl_cli:string signal:string`,
  'OS::Heat::UpdateWaitConditionHandle': `
    attributes`,
  'AWS::CloudFormation::WaitCondition': `
    Handle string !
    Timeout integer ! 1..43200
    Count integer =1 1..10000 U
    attributes Data:string`,
  'AWS::CloudFormation::WaitConditionHandle': `
    attributes`,
  'AWS::CloudFormation::Stack': `
    TemplateURL string ! U
    TimeoutInMinutes integer 1.. U
    Parameters map U
    attributes Outputs.NAME`,
  'OS::Heat::SoftwareConfig': `${described}${group}
    config string
    attributes config`,
  'OS::Heat::StructuredConfig': `${described}${group}
    config map
    attributes config`,
  'OS::Heat::SoftwareComponent': `${described}
    configs list ! length 1..
      * map
        actions list =["CREATE","UPDATE"] length 1..
        config string
        tool string !
    attributes configs`,
  'OS::Heat::CloudConfig': `
    cloud_config map
    attributes config`,
  'OS::Heat::MultipartMime': `${group}
    parts list =[]
      * map
        config string !
        filename string
        type string ="text" (text multipart)
        subtype string
    attributes config`,
  'OS::Heat::SoftwareDeployment': `${deployment}${server}${deployed}`,
  'OS::Heat::StructuredDeployment': `${deployment}${structured}${server}${deployed}`,
  'OS::Heat::SoftwareDeploymentGroup': `${deployment}${servers}`,
  'OS::Heat::SoftwareDeployments': `${deployment}${servers}`,
  'OS::Heat::StructuredDeploymentGroup': `${deployment}${structured}${servers}`,
  'OS::Heat::StructuredDeployments': `${deployment}${structured}${servers}`,
  'OS::Heat::DeployedServer': `
    name string U
    metadata map U
    software_config_transport string ="POLL_SERVER_HEAT" (POLL_SERVER_HEAT POLL_SERVER_CFN POLL_TEMP_URL ZAQAR_MESSAGE) U
    deployment_swift_data map U
      container string
      object string
    attributes name:string os_collect_config:map`,
  'OS::Heat::Stack': `
    context map U
      region_name string
      credential_secret_id string
      ca_cert string
      insecure boolean =false
    template string ! U
    timeout integer 1.. U
    parameters map ={} U
    attributes stack_name:string outputs:map`,
}
