import { coreMigrations, type MigrationLine } from '@hearth/db'
import type { HearthPlugin } from '../plugin/index.js'
import { migrationLinesOf } from '../plugin/loader.js'

/** The migrations that a daemon with these plugins knows. */
export const migrationsOf = (plugins: readonly HearthPlugin[]): readonly MigrationLine[] => [
  coreMigrations,
  ...migrationLinesOf(plugins),
]
