import {
  done,
  insideAttribute,
  type InsideRead,
  type Json,
  type JsonMap,
  type MaybeUnknown,
  ResourceFailure,
  type ResourceType,
  type StoredResource,
  Unknown,
} from '@hearth/core/plugin'
import { cooldownRange } from './cooldown.js'
import {
  asMap,
  attributeFailure,
  follow,
  isMap,
  memberFailure,
  own,
  singleIn,
  type Snippet,
  writtenIn,
} from './members.js'
import { valueIn, whereKept } from './member-attributes.js'
import { byAttribute } from './nested-attributes.js'
import { memberRange, refuseTooMuch } from './member-limits.js'
import { orderIn, scaledNow } from './scaled-attributes.js'
import { nextOfScaled, type ScaledAim, templateOfScaled } from './scaled-members.js'
import { cooledDown, scalingMetadata, signalledSizes } from './signalled-sizes.js'
import { policyOf, rollingUpdate } from './update-policy.js'

type Given = Readonly<Record<string, MaybeUnknown>>

/** What a definition of a member may say. Other keys mean nothing there. */
const memberKeys = ['type', 'properties', 'metadata', 'deletion_policy', 'update_policy']
/** Attributes that are nothing without the name of one of the members' own. */
const ofMembers = ['outputs', 'outputs_list']
const everything = { min_in_service: 0, max_batch_size: 1, pause_time: 0 }

/** A number of resources that follow one definition, between limits; scaling policies change how many. */
export const autoScalingGroup: ResourceType = {
  name: 'OS::Heat::AutoScalingGroup',
  className: 'AutoScalingResourceGroup',
  description: 'An autoscaling group that can scale arbitrary resources.',
  support: { status: 'SUPPORTED', version: '2014.1' },
  properties: {
    resource: {
      type: 'map',
      description: 'Definition of the resources in the group, just as if it had been declared in the template itself.',
      required: true,
      updateAllowed: true,
    },
    max_size: {
      type: 'integer',
      description: 'Maximum number of resources in the group.',
      required: true,
      constraints: [memberRange],
      updateAllowed: true,
    },
    min_size: {
      type: 'integer',
      description: 'Minimum number of resources in the group.',
      required: true,
      constraints: [memberRange],
      updateAllowed: true,
    },
    cooldown: {
      type: 'integer',
      description: 'Cooldown period, in seconds.',
      constraints: [cooldownRange],
      updateAllowed: true,
    },
    desired_capacity: {
      type: 'integer',
      description: 'Desired number of resources: at first, and after each update of the stack.',
      constraints: [memberRange],
      updateAllowed: true,
    },
    rolling_updates: { ...rollingUpdate, default: everything, updateAllowed: true },
  },
  attributes: {
    outputs: {
      description: 'A map of the names of the members to the attribute that is named next.',
      type: 'map',
    },
    outputs_list: { description: 'A list of the attribute of each member that is named next.', type: 'list' },
    current_size: { description: 'The current number of members.', type: 'integer' },
    refs: { description: 'A list of the references of the members.', type: 'list' },
    refs_map: { description: 'A map of the names of the members to their references.', type: 'map' },
  },
  validate(properties) {
    const { resource, min_size: least, max_size: most, desired_capacity: desired } = properties
    if (isMap(resource) && !Object.hasOwn(resource, 'type')) throw wrong('Resource member is missing "type"')
    if (typeof least !== 'number' || typeof most !== 'number') return
    if (least > most) throw wrong('MinSize can not be greater than MaxSize')
    if (typeof desired === 'number' && (desired < least || desired > most)) {
      throw wrong('DesiredCapacity must be between MinSize and MaxSize')
    }
    const aim = aimOf(properties)
    if (aim !== undefined) refuseTooMuch(aim.clamp(aim.desired ?? 0), aim.wanted)
  },
  children: {
    label: 'nested_stack',
    of(properties, stored) {
      const aim = aimOf(properties)
      if (aim === undefined) return undefined
      return templateOfScaled(aim, orderIn(stored?.attributes ?? {}), stored)
    },
    written: path => writtenIn('resource', path),
    next({ properties, ...wanted }) {
      const aim = aimOf(properties)
      if (aim === undefined) throw new ResourceFailure('what its members are to be cannot be told')
      refuseTooMuch(aim.clamp(aim.desired ?? 0), aim.wanted)
      return nextOfScaled(wanted, aim)
    },
    missing(name, path) {
      const known = Object.keys(autoScalingGroup.attributes)
      if (ofMembers.includes(name)) return path.length === 0 ? { fails: true, known: [name] } : undefined
      return known.includes(name) || insideAttribute(name) !== undefined ? undefined : { fails: true, known }
    },
    now: scaledNow,
    done(outputs, { properties, stack, inside, ...reached }) {
      const attributes = inside === undefined ? {} : scaledNow(outputs, inside)
      const data = cooledDown(properties.cooldown, attributes, reached)
      return { attributes, reference: stack.name, data }
    },
    ...signalledSizes(({ properties }) => {
      const aim = aimOf(properties)
      const { min_size: least, max_size: most, cooldown = null } = properties
      return aim && { ...aim, limits: { least: Number(least), most: Number(most) }, cooldown }
    }),
    inside,
    attribute,
    all,
  },
  metadata: scalingMetadata,
  create: async () => done(),
}

const wrong = (message: string): ResourceFailure => new ResourceFailure(message, 'StackValidationFailed')

/** Undefined: it is not known yet. */
function aimOf(properties: Given): ScaledAim | undefined {
  const { resource, min_size: least, max_size: most, desired_capacity: desired, rolling_updates: rolling } = properties
  if (!isMap(resource) || [least, most, desired, rolling].some(Unknown.within)) return undefined
  const policy = policyOf((rolling as Json | undefined) ?? everything)
  if (policy === undefined) return undefined
  const wanted: Snippet = Object.fromEntries(Object.entries(resource).filter(([key]) => memberKeys.includes(key)))
  return {
    wanted,
    // None is wanted by leaving it to the limits.
    desired: desired === null || desired === undefined || desired === 0 ? undefined : Number(desired),
    clamp: size => Math.min(Math.max(size, Number(least)), Number(most)),
    policy,
  }
}

/** The same for all names, and all members. */
function all({ attributes }: StoredResource): JsonMap {
  const order = orderIn(attributes)
  const refs = asMap(attributes.refs_map)
  const outputs = byAttribute(asMap(attributes.members))
  return {
    outputs,
    outputs_list: Object.fromEntries(
      Object.entries(outputs).map(([name, values]) => [name, order.map(member => own(asMap(values), member))]),
    ),
    current_size: order.length,
    refs: order.map(member => own(refs, member)),
    refs_map: refs,
  }
}

function attribute(stored: StoredResource, name: string, path: readonly Json[]): Json {
  const order = orderIn(stored.attributes)
  const refs = asMap(stored.attributes.refs_map)
  if (name === 'current_size') return order.length
  if (name === 'refs_map') return follow(refs, path)
  const references = order.map(member => own(refs, member))
  if (name === 'refs') return follow(references, path)
  const read = inside(name, path, stored)
  if (read === undefined) throw attributeFailure(stored.name, name)
  return valueIn(stored, read, name, path)
}

/** Members are told by their place, and an attribute of all of them by `outputs` or `outputs_list`. */
function inside(name: string, path: readonly MaybeUnknown[], stored?: StoredResource): InsideRead | undefined {
  const order = stored && orderIn(stored.attributes)
  if (ofMembers.includes(name)) {
    if (path.length === 0) return undefined
    return { members: order, asked: path, as: name === 'outputs' ? 'map' : 'list', ...whereKept(path) }
  }
  const single = singleIn(name, path)
  if (single === undefined) return undefined
  const member = order === undefined ? single.member : order[Number(single.member)]
  if (member === undefined) throw memberFailure(stored?.name ?? '', single.member)
  return { members: [member], asked: single.inside, as: 'value', ...whereKept(single.inside) }
}
