import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { EmbeddedPostgres } from '../embedded/index.js'
import { paths } from '../embedded/layout.js'

export { type Limit, measureLimit } from './limit.js'

/** A server for tests: fast, not durable, gone without a trace when it is stopped. */
export class TestServer {
  private constructor(
    private readonly server: EmbeddedPostgres,
    private readonly folder: string,
  ) {}

  /** @param settings of the server, each as `name=value`; later ones win. */
  static async start({
    binaries,
    settings = [],
  }: {
    binaries?: string
    settings?: readonly string[]
  } = {}): Promise<TestServer> {
    const folder = mkdtempSync(join(tmpdir(), 'hearth-test-'))
    try {
      // Root hands the server to another user, who must be able to pass.
      if (process.getuid?.() === 0) chmodSync(folder, 0o755)
      const server = await EmbeddedPostgres.start({
        stateDir: folder,
        durable: false,
        settings,
        ...(binaries === undefined ? {} : { binaries }),
      })
      return new TestServer(server, folder)
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  get url(): string {
    return this.server.url
  }

  /** Where the server keeps its data, which is also where it is when settings name paths. */
  get dataFolder(): string {
    return paths(this.folder).data
  }

  /** An empty database of its own, or a copy of `template`. @returns its URL. */
  async createDatabase({
    template,
    name = `t${randomBytes(6).toString('hex')}`,
  }: {
    template?: string
    name?: string
  } = {}): Promise<string> {
    await this.admin(`CREATE DATABASE ${name} ${template === undefined ? '' : `TEMPLATE ${template}`}`)
    return this.url.replace(/\/hearth$/, `/${name}`)
  }

  async dropDatabase(url: string): Promise<void> {
    await this.admin(`DROP DATABASE IF EXISTS ${url.slice(url.lastIndexOf('/') + 1)} WITH (FORCE)`)
  }

  async stop(): Promise<void> {
    await this.server.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  private async admin(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.url })
    await client.connect()
    try {
      await client.query(sql)
    } finally {
      await client.end()
    }
  }
}
