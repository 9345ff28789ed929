/**
 * The border between SQL and everything else: an opaque transaction and database, with no imports, so that the public
 * plugin contract can name them without loading Sequelize or pg.
 */

/** One SQL text with a name. A named statement is prepared once a connection. Parameters are positional: $1, $2, … */
export interface Statement {
  readonly name: string
  readonly text: string
}

/** Declares a statement: one file, one statement, one name. */
export const statement = (name: string, text: string): Statement => Object.freeze({ name, text })

/** What statements can be sent to. */
export interface Queryable {
  /**
   * Sends one statement and returns its rows (of a SELECT, or of RETURNING; else none).
   * Values: strings, numbers, booleans, null, Date, Buffer and arrays of them; jsonb takes `JSON.stringify`ed text.
   * int8 and numeric arrive as strings, timestamps as Date, jsonb parsed.
   */
  query<Row = Record<string, unknown>>(statement: Statement | string, params?: readonly unknown[]): Promise<Row[]>
}

/**
 * One transaction of the database. What is written with it is there once it has been committed, or not at all.
 * Statements are carried out in the order in which they are sent; what needs no answer of the one before need not wait for it.
 */
export interface Transaction extends Queryable {
  /** Runs `fn` after the commit, in order; never after a rollback. `fn` must not throw. */
  afterCommit(fn: () => void): void
}

export const isTransaction = (on: Queryable): on is Transaction => 'afterCommit' in on

export interface Database extends Queryable {
  /** Runs `work` in one READ COMMITTED transaction; commits when it resolves, rolls back when it rejects.
   *  Deadlocks and serialization failures are retried a few times: `work` must have no effects outside the transaction. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /** Calls `heard` with the payload of every NOTIFY on `channel`, also after reconnects. Returns the unsubscriber. */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>
}
