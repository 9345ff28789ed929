import type { Transaction } from '@hearth/core/plugin'

/** The node table is the queue; a traversal is one operation on one stack. No foreign key leaves a stack's tree. */
export async function up(tx: Transaction): Promise<void> {
  await tx.query(`CREATE TABLE traversal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stack_id uuid NOT NULL UNIQUE,
    root_id uuid NOT NULL,
    project text NOT NULL,
    operation jsonb NOT NULL,
    failed text,
    deadline timestamptz NOT NULL)`)
  await tx.query(`CREATE INDEX traversal_deadline ON traversal (deadline)`)
  await tx.query(`CREATE TABLE node (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    traversal bigint,
    stack_id uuid NOT NULL,
    root_id uuid NOT NULL,
    project text NOT NULL,
    type text NOT NULL,
    resource uuid NOT NULL,
    step text NOT NULL,
    pending integer NOT NULL,
    needed_by bigint[] NOT NULL DEFAULT '{}',
    state text NOT NULL,
    turn bigint,
    wake_at timestamptz,
    deadline timestamptz,
    lease uuid,
    token bigint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    operation jsonb,
    abort boolean NOT NULL DEFAULT false)`)
  await tx.query(`CREATE INDEX node_ready ON node (turn, id) WHERE state = 'ready'`)
  await tx.query(`CREATE INDEX node_parked ON node (wake_at) WHERE state = 'parked'`)
  await tx.query(`CREATE INDEX node_leased ON node (lease) WHERE state = 'leased'`)
  await tx.query(`CREATE INDEX node_traversal ON node (traversal) WHERE traversal IS NOT NULL`)
  await tx.query(`CREATE INDEX node_stack ON node (stack_id)`)
  await tx.query(`CREATE INDEX node_deadline ON node (deadline) WHERE deadline IS NOT NULL`)
  await tx.query(`CREATE INDEX node_resource ON node (resource)`)
}
