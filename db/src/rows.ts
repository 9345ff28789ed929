/** Rows as the stores give them: column names in camel case, ids as text, timestamps as Date. */

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue }
export type JsonObject = { [key: string]: JsonValue }

export interface TemplateRow {
  readonly id: string
  readonly stackId: string
  readonly rootId: string
  /** Text of JSON, with its keys and numbers as they were written. */
  readonly content: string
  /** The same. */
  readonly environment: string
  readonly files: Record<string, string>
  /** SHA-256 over content, environment, files and facade. */
  readonly digest: string
  /** Of a stack inside a resource: what it is told of that; text of JSON as well. */
  readonly facade?: string | null
  /** Encrypted JSON: content, environment, files and facade, which are then empty; null: they are in clear. */
  readonly sealed: string | null
}

export interface StackRow {
  readonly id: string
  readonly rootId: string
  readonly parentId: string | null
  readonly parentResource: string | null
  /** The row of that resource; null for a root. */
  readonly parentResourceId: string | null
  /** Which step of it asked for the operation; null: somebody else did. */
  readonly askedBy: string | null
  readonly depth: number
  readonly project: string
  readonly owner: string | null
  readonly name: string
  readonly action: string
  readonly status: string
  readonly statusReason: string
  readonly templateId: string
  /** The one before, until an operation has come to the end of `templateId`. */
  readonly previousTemplateId: string | null
  /** The newest that an operation came to the end of: a rollback leads there. Null: none yet. */
  readonly reachedTemplateId: string | null
  readonly disableRollback: boolean
  readonly timeoutMins: number | null
  readonly tags: string[]
  /** Grows with every accepted operation. */
  readonly revision: number
  readonly engine: string
  readonly createdAt: Date
  readonly updatedAt: Date | null
  readonly deletedAt: Date | null
}

/** A stack as it begins. */
export type NewStackRow = Omit<StackRow, 'createdAt' | 'updatedAt' | 'deletedAt' | 'reachedTemplateId'>

export interface ResourceRow {
  readonly id: string
  readonly stackId: string
  readonly rootId: string
  readonly name: string
  /** As its template names it. */
  readonly type: string
  /** The type that carries it out, where an environment has given `type` another meaning; null: `type` itself. */
  readonly implementation: string | null
  readonly action: string
  readonly status: string
  readonly statusReason: string
  readonly physicalId: string | null
  /** Resolved values of the last successful create or update. */
  readonly properties: JsonObject
  /** Encrypted JSON: those of them that are hidden, which are not among the others. */
  readonly hiddenProperties: string | null
  /** Encrypted JSON: which else is secret, and attributes, metadata and reference if they are; those are then empty. */
  readonly sealed: string | null
  readonly attributes: JsonObject
  readonly reference: string | null
  /** Encrypted JSON. */
  readonly data: string | null
  readonly metadata: JsonObject
  readonly createdAt: Date
  readonly updatedAt: Date | null
  /** Row ids this one leans on; null in rows from before the flag, as are the next three. */
  readonly requires: readonly string[] | null
  readonly templateId: string | null
  readonly definitionDigest: string | null
  readonly deletionPolicy: string | null
  /** Given by the user, of a resource that exists outside of the stack. */
  readonly externalId: string | null
  readonly replaces: string | null
  readonly cursor: JsonValue
  readonly actor: string | null
  readonly signals: number
  /** Encrypted JSON of what signals have left; only signals write it. */
  readonly received: string | null
  /** The hook at which it is paused, e.g. `pre-create`. */
  readonly hook: string | null
}

export interface EventRow {
  readonly id: string
  readonly seq: string
  readonly stackId: string
  readonly rootId: string
  readonly resourceName: string
  readonly resourceType: string
  readonly physicalId: string | null
  readonly action: string
  readonly status: string
  readonly statusReason: string
  readonly properties: JsonObject | null
  readonly createdAt: Date
}

/** Where the events of a stack are sent. */
export interface EventSinkRow {
  readonly id: string
  readonly stackId: string
  readonly rootId: string
  /** Keyed, of what `sink` holds: the same entry has the same. */
  readonly digest: string
  /** Encrypted JSON: the entry of `event_sinks`. */
  readonly sink: string
  /** Attempts to send the same events. */
  readonly attempts: number
}

export interface SnapshotRow {
  readonly id: string
  readonly stackId: string
  readonly rootId: string
  readonly name: string | null
  readonly action: string
  readonly status: string
  readonly statusReason: string | null
  /** Encrypted JSON; null until it is taken. */
  readonly data: string | null
  readonly createdAt: Date
}

export interface SoftwareConfigRow {
  readonly id: string
  readonly project: string
  readonly name: string | null
  readonly group: string | null
  readonly config: JsonValue
  readonly inputs: readonly JsonObject[]
  readonly outputs: readonly JsonObject[]
  readonly options: JsonObject
  readonly createdAt: Date
  /** The deployment that it was made for, and goes with. */
  readonly madeFor: string | null
  /** Encrypted JSON: config, inputs, outputs and options, which are then empty; null: a row from before. */
  readonly sealed: string | null
}

/** What a list shows of one. */
export type SoftwareConfigHead = Pick<SoftwareConfigRow, 'id' | 'name' | 'group' | 'createdAt'>

export interface SoftwareDeploymentRow {
  readonly id: string
  readonly project: string
  readonly serverId: string | null
  readonly configId: string
  readonly action: string | null
  readonly status: string | null
  readonly statusReason: string | null
  readonly inputValues: JsonObject | null
  readonly outputValues: JsonObject | null
  readonly stackUserProjectId: string | null
  /** The resource that it is of; null: it was asked for by the API. */
  readonly stackId: string | null
  readonly resourceId: string | null
  readonly createdAt: Date
  readonly updatedAt: Date | null
  /** Encrypted JSON: the values of inputs and outputs, which are then null; null: a row from before. */
  readonly sealed: string | null
}

export interface WorkerRow {
  readonly id: string
  readonly host: string
  readonly hostname: string
  readonly roles: string[]
  readonly leaseSeconds: number
  readonly reportInterval: number
  readonly createdAt: Date
  readonly heartbeatAt: Date
  /** It has said itself that it works no more. */
  readonly stoppedAt: Date | null
  /** It is dead, and nobody wants to hear of it any more. */
  readonly unlisted: boolean
  /** Those that it has loaded. */
  readonly plugins: readonly string[]
  /** Likewise; none: it is of a version that does not say. */
  readonly engines: readonly string[]
}
