import type { Sequelize } from 'sequelize'
import { ask, type Connection } from './connection.js'
import { ofDatabase } from './trouble.js'

type SequelizePool = Readonly<Record<'using' | 'available' | 'maxSize' | 'waiting', number>>

/**
 * The connections that Sequelize keeps for its models, for everything else that is asked of the database. Statements go
 * to pg as they are: what Sequelize does for each of them costs more than most of them take.
 */
export class Pool {
  constructor(private readonly sequelize: Sequelize) {}

  /** Lends a connection for one statement. */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.take()
    try {
      return await work(connection)
    } finally {
      this.sequelize.connectionManager.releaseConnection(connection)
    }
  }

  /**
   * Commits when `work` resolves, rolls back when it rejects. Whatever became of it, a connection that is given back is
   * in no transaction.
   */
  async transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.take()
    const manager = this.sequelize.connectionManager
    let ended = false
    const end = async (how: 'COMMIT' | 'ROLLBACK'): Promise<void> => {
      await ask(connection, how)
      ended = true
    }
    try {
      await ask(connection, 'START TRANSACTION')
      const result = await work(connection)
      await end('COMMIT')
      return result
    } catch (error) {
      if (!ended) await end('ROLLBACK').catch(() => undefined)
      throw error
    } finally {
      if (ended) manager.releaseConnection(connection)
      else await manager.destroyConnection(connection)
    }
  }

  get state(): { readonly using: number; readonly idle: number; readonly most: number; readonly waiting: number } {
    // Sequelize does not declare its pool.
    const { pool } = this.sequelize.connectionManager as unknown as { pool: SequelizePool }
    return { using: pool.using, idle: pool.available, most: pool.maxSize, waiting: pool.waiting }
  }

  private async take(): Promise<Connection> {
    try {
      return (await this.sequelize.connectionManager.getConnection({ type: 'write' })) as Connection
    } catch (error) {
      throw ofDatabase(error)
    }
  }
}
