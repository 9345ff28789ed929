import type { Transaction } from '../transaction.js'

/**
 * Where the events of a stack are sent, and how far that has come. `after`: all events up to it are delivered, and so are
 * those in `ahead`. `mark`: the last one delivered when it was set; once every transaction before `mark_before` has ended,
 * nothing can appear before it any more.
 */
export async function up(tx: Transaction): Promise<void> {
  await tx.query(`CREATE TABLE event_sink (
    id uuid PRIMARY KEY,
    stack_id uuid NOT NULL,
    root_id uuid NOT NULL,
    digest text NOT NULL,
    sink text NOT NULL,
    "after" bigint NOT NULL,
    ahead bigint[] NOT NULL DEFAULT '{}',
    mark bigint,
    mark_before text,
    "until" bigint,
    token bigint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT hearth_now(),
    failing_since timestamptz,
    created_at timestamptz NOT NULL DEFAULT hearth_now(),
    ended_at timestamptz
  )`)
  await tx.query('CREATE INDEX event_sink_stack ON event_sink (stack_id)')
}
