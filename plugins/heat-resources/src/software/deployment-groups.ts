import {
  type ChildStage,
  type ChildWanted,
  done,
  type Json,
  type MaybeUnknown,
  type PropertySchemas,
  ResourceFailure,
  type ResourceType,
} from '@hearth/core/plugin'
import { memberAttribute } from '../groups/member-attributes.js'
import { byAttribute } from '../groups/nested-attributes.js'
import {
  asMap,
  isMap,
  membersIn,
  type Snippet,
  snippetOf,
  stackOf,
  storedMembers,
  writtenIn,
} from '../groups/members.js'
import { nextOfNamed } from '../groups/named-members.js'
import { batchCreate, rollingUpdateInPlace } from '../groups/update-policy.js'
import { refuseTransport } from '../signal-transport.js'
import { deploymentProperties, structuredProperties } from './deployments.js'

const plural: Readonly<Record<string, string>> = {
  deploy_stdouts: 'deploy_stdout',
  deploy_stderrs: 'deploy_stderr',
  deploy_status_codes: 'deploy_status_code',
}

interface Kind {
  readonly name: string
  /** The name that it had before. */
  readonly former: string
  readonly className: string
  readonly member: string
  readonly properties: PropertySchemas
  readonly version: string
}

const software: Kind = {
  name: 'OS::Heat::SoftwareDeploymentGroup',
  former: 'OS::Heat::SoftwareDeployments',
  className: 'SoftwareDeploymentGroup',
  member: 'OS::Heat::SoftwareDeployment',
  properties: deploymentProperties,
  version: '5.0.0',
}
const structured: Kind = {
  name: 'OS::Heat::StructuredDeploymentGroup',
  former: 'OS::Heat::StructuredDeployments',
  className: 'StructuredDeploymentGroup',
  member: 'OS::Heat::StructuredDeployment',
  properties: { ...deploymentProperties, ...structuredProperties },
  version: '2014.2',
}

/** A config on each of several servers: a stack inside with one deployment for each. */
const groupOf = ({ name, former, className, member, properties, version }: Kind): ResourceType => ({
  name,
  takesOver: [former],
  className,
  description: 'This resource associates a group of servers with some configuration.',
  support: { status: 'SUPPORTED', version },
  properties: {
    ...properties,
    servers: {
      type: 'map',
      description: 'A map of names and server IDs to apply configuration to. The name is that of the deployment.',
      required: true,
      updateAllowed: true,
    },
  },
  attributes: {
    deploy_stdouts: { description: 'A map of names and captured stdouts of each server.', type: 'map' },
    deploy_stderrs: { description: 'A map of names and captured stderrs of each server.', type: 'map' },
    deploy_status_codes: { description: 'A map of names and returned status codes.', type: 'map' },
  },
  updatePolicy: {
    rolling_update: rollingUpdateInPlace,
    batch_create: batchCreate,
  },
  validate: refuseTransport,
  children: {
    label: 'nested_stack',
    of: given => {
      const members = membersOf(member, given)
      return members === undefined ? undefined : stackOf(members)
    },
    written(path) {
      const property = writtenIn('', path)?.match(/^\.properties\.(.*)$/s)?.[1]
      return property === undefined || property.startsWith('server') ? 'servers' : property
    },
    next: wanted => nextOfServers(member, wanted),
    done: storedMembers,
    attribute: (stored, attribute, path): Json =>
      memberAttribute(stored, 'attributes', [
        Object.hasOwn(plural, attribute) ? (plural[attribute] ?? '') : attribute,
        ...path,
      ]),
    all({ attributes }) {
      const each = byAttribute(asMap(attributes.members))
      const plurals = Object.entries(plural).map(([many, one]): [string, Json] => [many, each[one] ?? {}])
      return { ...each, ...Object.fromEntries(plurals) }
    },
  },
  create: async () => done(),
})

/** Undefined: it is not known yet which servers there are. */
function membersOf(
  type: string,
  { servers, ...shared }: Readonly<Record<string, MaybeUnknown>>,
): ReadonlyMap<string, Snippet> | undefined {
  if (!isMap(servers)) return undefined
  return new Map(
    Object.entries(servers).map(([name, server]) => [name, snippetOf({ type, properties: { ...shared, server } })]),
  )
}

/** Servers that are gone go at once; of the others those that have a deployment come first, so that it stays. */
export function nextOfServers(type: string, wanted: ChildWanted): ChildStage | undefined {
  const members = membersOf(type, wanted.properties)
  if (members === undefined) throw new ResourceFailure('what its members are to be cannot be told')
  const found = membersIn(wanted.inside)
  const isThere = (name: string): boolean => Object.hasOwn(found, name)
  const names = [...members.keys()].sort((one, other) => Number(isThere(other)) - Number(isThere(one)))
  return nextOfNamed(wanted, {
    target: members.size,
    names: size => names.slice(0, size),
    member: name => members.get(name) as Snippet,
    growsInBatches: true,
  })
}

const formerly = (kind: Kind): ResourceType => ({
  ...groupOf(kind),
  name: kind.former,
  takesOver: [],
  className: kind.className.replace('Group', 's'),
  support: {
    status: 'HIDDEN',
    version: '7.0.0',
    message: `Please use ${kind.name} instead.`,
    previous: { status: 'DEPRECATED', version: '2014.2' },
  },
})

export const deploymentGroups: readonly ResourceType[] = [
  groupOf(software),
  groupOf(structured),
  formerly(software),
  formerly(structured),
]
