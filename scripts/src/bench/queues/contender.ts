import type { Plan } from '@hearth/core/plugin'

/** Something that runs plans durably on PostgreSQL. */
export interface Contender {
  /** Accepts a plan; resolves when all of its units are done. */
  run(stack: string, plan: Plan): Promise<void>
  stop(): Promise<void>
}

/** @param url an empty database with Hearth's tables. */
export type Start = (url: string) => Promise<Contender>
