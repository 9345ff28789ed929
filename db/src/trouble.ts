/** What errors of the database say. */

/** read_only_sql_transaction: a standby, or a primary that was told to take no writes. */
export const readOnlyCode = '25006'

/** PostgreSQL's error code, through Sequelize's wrappers. */
export function codeOf(error: unknown): string | undefined {
  const { code, original, parent } = (error ?? {}) as {
    code?: string
    original?: { code?: string }
    parent?: { code?: string }
  }
  return original?.code ?? parent?.code ?? code
}

/** What the driver and PostgreSQL say when there is no connection, it breaks, or it leads to a standby. */
const awayCodes = new RegExp(
  `^(08...|57P0[1-5]|53300|25P03|${readOnlyCode}|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND)$`,
)
const awayNames = /^SequelizeConnection/

/** Whether the driver says that a connection ended before it was asked this: why, only whoever listened to it knows. */
export const isUnusable = (error: unknown): boolean =>
  error instanceof Error && error.message.endsWith('is not queryable')

/** Whether an error says that there is no primary to be reached, rather than that the database refuses something. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (
    awayCodes.test(codeOf(error) ?? '') ||
    awayNames.test(error.name) ||
    error.message.startsWith('Connection terminated') ||
    isUnusable(error)
  )
}

/** Whether an error says that the server has no connection left for us: too_many_connections. */
export const hasNoConnection = (error: unknown): boolean => codeOf(error) === '53300'

/** Whether it is that the server takes no writes. */
export const isReadOnly = (error: unknown): boolean => codeOf(error) === readOnlyCode

/** insufficient_resources, disk_full, out_of_memory */
const full = new Set(['53000', '53100', '53200'])

/** Whether the database has no room for what was asked: it answers, and takes smaller things. */
export const isFull = (error: unknown): boolean => error instanceof Error && full.has(codeOf(error) ?? '')

/** deadlock_detected, serialization_failure */
const met = new Set(['40P01', '40001'])

/** Whether a transaction met another one: the same again may go well. */
export const hasMet = (error: unknown): boolean => met.has(codeOf(error) ?? '')

const known = new WeakSet<Error>()

/** Notes whose error it is: what resource types talk to elsewhere fails with the same codes. */
export function ofDatabase<Thrown>(error: Thrown): Thrown {
  if (error instanceof Error) known.add(error)
  return error
}

/** Whether an error was thrown by the database of Hearth's tables, whoever asked it. */
export const isOfDatabase = (error: unknown): boolean =>
  error instanceof Error && (known.has(error) || awayNames.test(error.name))

/** The same, and it says nothing of what was asked: later there would have been an answer. */
export const isPassing = (error: unknown): boolean =>
  isOfDatabase(error) && (isAway(error) || isFull(error) || hasMet(error))
