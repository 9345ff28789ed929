import { DataTypes, type Model, type ModelAttributes, type ModelStatic, type Sequelize } from 'sequelize'

/**
 * The tables as Sequelize sees them, beside the migrations that make them; a test compares the two.
 * Lists with free filters read through these; the hot statements are SQL.
 */

const uuid = { type: DataTypes.UUID, allowNull: false } as const
const maybeUuid = { type: DataTypes.UUID, allowNull: true } as const
const text = { type: DataTypes.TEXT, allowNull: false } as const
const maybeInteger = { type: DataTypes.INTEGER, allowNull: true } as const
const maybeText = { type: DataTypes.TEXT, allowNull: true } as const
const json = { type: DataTypes.JSONB, allowNull: false } as const
/** As it was written: neither the order of keys nor the form of a number is changed. */
const written = { type: DataTypes.JSON, allowNull: false } as const
const maybeWritten = { type: DataTypes.JSON, allowNull: true } as const
const maybeJson = { type: DataTypes.JSONB, allowNull: true } as const
const time = { type: DataTypes.DATE, allowNull: false } as const
const maybeTime = { type: DataTypes.DATE, allowNull: true } as const
const flag = { type: DataTypes.BOOLEAN, allowNull: false } as const
const integer = { type: DataTypes.INTEGER, allowNull: false } as const
const bigint = { type: DataTypes.BIGINT, allowNull: false } as const
const id = { ...uuid, primaryKey: true } as const

/** int8 arrives as text; revisions and counters stay far below 2^53. */
const asNumber = (column: string) => ({
  ...bigint,
  get(this: Model): number {
    return Number(this.getDataValue(column))
  },
})

export type Models = Sequelize['models'] & Readonly<Record<'stack' | 'event', ModelStatic<Model>>>

export function defineModels(sequelize: Sequelize): Models {
  const define = (tableName: string, attributes: ModelAttributes): void => {
    // Sequelize writes into what it is given: each column gets a description of its own.
    const own = Object.fromEntries(
      Object.entries(attributes).map(([name, column]) => [name, { ...(column as object) }]),
    )
    sequelize.define(tableName, own as ModelAttributes, { tableName, underscored: true, timestamps: false })
  }
  define('stack', {
    id,
    rootId: uuid,
    parentId: maybeUuid,
    parentResource: maybeText,
    parentResourceId: maybeUuid,
    askedBy: maybeText,
    depth: integer,
    project: text,
    owner: maybeText,
    name: text,
    action: text,
    status: text,
    statusReason: text,
    templateId: uuid,
    previousTemplateId: maybeUuid,
    reachedTemplateId: maybeUuid,
    disableRollback: flag,
    timeoutMins: { type: DataTypes.INTEGER, allowNull: true },
    tags: { type: DataTypes.ARRAY(DataTypes.TEXT), allowNull: false },
    revision: asNumber('revision'),
    // The flag: which engine runs this stack. Set at creation; only the operator moves a stack.
    engine: text,
    createdAt: time,
    updatedAt: maybeTime,
    deletedAt: maybeTime,
  })
  define('template', {
    id,
    stackId: uuid,
    rootId: uuid,
    content: written,
    environment: written,
    files: json,
    digest: text,
    facade: maybeWritten,
    sealed: maybeText,
    size: maybeInteger,
    createdAt: time,
  })
  define('resource', {
    id,
    stackId: uuid,
    rootId: uuid,
    name: text,
    type: text,
    implementation: maybeText,
    action: text,
    status: text,
    statusReason: text,
    physicalId: maybeText,
    properties: json,
    hiddenProperties: maybeText,
    sealed: maybeText,
    attributes: json,
    reference: maybeText,
    data: maybeText,
    metadata: json,
    createdAt: time,
    updatedAt: maybeTime,
    requires: { type: DataTypes.ARRAY(DataTypes.UUID), allowNull: true },
    templateId: maybeUuid,
    definitionDigest: maybeText,
    deletionPolicy: maybeText,
    externalId: maybeText,
    replaces: maybeUuid,
    cursor: maybeJson,
    actor: maybeText,
    signals: asNumber('signals'),
    received: maybeText,
    size: integer,
    hook: maybeText,
  })
  define('event', {
    id,
    seq: bigint,
    stackId: uuid,
    rootId: uuid,
    resourceName: text,
    resourceType: text,
    physicalId: maybeText,
    action: text,
    status: text,
    statusReason: text,
    properties: maybeJson,
    createdAt: time,
  })
  define('event_sink', {
    id,
    stackId: uuid,
    rootId: uuid,
    digest: text,
    sink: text,
    after: bigint,
    ahead: { type: DataTypes.ARRAY(DataTypes.BIGINT), allowNull: false },
    mark: { type: DataTypes.BIGINT, allowNull: true },
    markBefore: maybeText,
    until: { type: DataTypes.BIGINT, allowNull: true },
    token: bigint,
    attempts: integer,
    dueAt: time,
    failingSince: maybeTime,
    createdAt: time,
    endedAt: maybeTime,
  })
  define('worker', {
    id,
    host: text,
    hostname: text,
    roles: { type: DataTypes.ARRAY(DataTypes.TEXT), allowNull: false },
    leaseSeconds: { type: DataTypes.DOUBLE, allowNull: false },
    reportInterval: integer,
    createdAt: time,
    heartbeatAt: time,
    stoppedAt: maybeTime,
    unlisted: flag,
    plugins: { type: DataTypes.ARRAY(DataTypes.TEXT), allowNull: false },
    engines: { type: DataTypes.ARRAY(DataTypes.TEXT), allowNull: false },
  })
  define('encryption_key', {
    id: { ...integer, primaryKey: true },
    fingerprint: text,
    createdAt: time,
  })
  define('snapshot', {
    id,
    stackId: uuid,
    rootId: uuid,
    name: maybeText,
    action: text,
    status: text,
    statusReason: maybeText,
    data: maybeJson,
    createdAt: time,
  })
  define('software_config', {
    id,
    project: text,
    name: maybeText,
    group: maybeText,
    config: maybeJson,
    inputs: json,
    outputs: json,
    options: json,
    createdAt: time,
    madeFor: maybeUuid,
    sealed: maybeText,
  })
  define('software_deployment', {
    id,
    project: text,
    serverId: maybeText,
    configId: uuid,
    action: maybeText,
    status: maybeText,
    statusReason: maybeText,
    inputValues: maybeJson,
    outputValues: maybeJson,
    stackUserProjectId: maybeText,
    stackId: maybeUuid,
    rootId: maybeUuid,
    resourceId: maybeUuid,
    createdAt: time,
    updatedAt: maybeTime,
    sealed: maybeText,
  })
  define('stack_lock', {
    stackId: { ...uuid, primaryKey: true },
    rootId: uuid,
    operation: json,
    owner: maybeUuid,
    request: maybeJson,
    createdAt: time,
  })
  return sequelize.models as Models
}
