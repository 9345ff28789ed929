import type { Transaction } from '../transaction.js'

/** The world before a stack could choose its engine: one process drives a stack under a lock. */
export async function up(tx: Transaction): Promise<void> {
  for (const sql of statements) await tx.query(sql)
}

const statements = [
  // The only clock that SQL may ask. A simulation replaces this one function.
  `CREATE FUNCTION hearth_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp()'`,

  // Immutable: a stack points at the template it is to be brought to. environment and files travel with the text.
  `CREATE TABLE template (
    id uuid PRIMARY KEY,
    stack_id uuid NOT NULL,
    content jsonb NOT NULL,
    environment jsonb NOT NULL,
    files jsonb NOT NULL,
    digest text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT hearth_now())`,
  `CREATE INDEX template_stack ON template (stack_id)`,

  `CREATE TABLE stack (
    id uuid PRIMARY KEY,
    root_id uuid NOT NULL,
    parent_id uuid,
    parent_resource text,
    depth integer NOT NULL DEFAULT 0,
    project text NOT NULL,
    owner text,
    name text NOT NULL,
    action text NOT NULL,
    status text NOT NULL,
    status_reason text NOT NULL DEFAULT '',
    template_id uuid NOT NULL,
    previous_template_id uuid,
    disable_rollback boolean NOT NULL DEFAULT true,
    timeout_mins integer,
    tags text[] NOT NULL DEFAULT '{}',
    revision bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT hearth_now(),
    updated_at timestamptz,
    deleted_at timestamptz)`,
  `CREATE UNIQUE INDEX stack_live_name ON stack (project, name) WHERE deleted_at IS NULL`,
  `CREATE INDEX stack_project_created ON stack (project, created_at, id)`,
  `CREATE INDEX stack_root ON stack (root_id)`,
  `CREATE INDEX stack_parent ON stack (parent_id) WHERE parent_id IS NOT NULL`,

  // A row is one incarnation of a named resource.
  `CREATE TABLE resource (
    id uuid PRIMARY KEY,
    stack_id uuid NOT NULL,
    root_id uuid NOT NULL,
    name text NOT NULL,
    type text NOT NULL,
    action text NOT NULL DEFAULT 'INIT',
    status text NOT NULL DEFAULT 'COMPLETE',
    status_reason text NOT NULL DEFAULT '',
    physical_id text,
    properties jsonb NOT NULL DEFAULT '{}',
    attributes jsonb NOT NULL DEFAULT '{}',
    reference text,
    data text,
    metadata jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT hearth_now(),
    updated_at timestamptz)`,
  `CREATE INDEX resource_stack ON resource (stack_id, name)`,

  `CREATE TABLE event (
    id uuid PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    stack_id uuid NOT NULL,
    root_id uuid NOT NULL,
    resource_name text NOT NULL,
    resource_type text NOT NULL,
    physical_id text,
    action text NOT NULL,
    status text NOT NULL,
    status_reason text NOT NULL DEFAULT '',
    properties jsonb,
    created_at timestamptz NOT NULL DEFAULT hearth_now())`,
  `CREATE INDEX event_stack ON event (stack_id, seq)`,
  `CREATE INDEX event_root ON event (root_id, seq)`,

  `CREATE TABLE snapshot (
    id uuid PRIMARY KEY,
    stack_id uuid NOT NULL,
    root_id uuid NOT NULL,
    name text,
    action text NOT NULL,
    status text NOT NULL,
    status_reason text,
    data jsonb,
    created_at timestamptz NOT NULL DEFAULT hearth_now())`,
  `CREATE INDEX snapshot_stack ON snapshot (stack_id)`,

  `CREATE TABLE worker (
    id uuid PRIMARY KEY,
    host text NOT NULL,
    hostname text NOT NULL,
    roles text[] NOT NULL,
    lease_seconds double precision NOT NULL,
    report_interval integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT hearth_now(),
    heartbeat_at timestamptz NOT NULL DEFAULT hearth_now(),
    stopped_at timestamptz)`,

  // The operation that holds the stack. A row without owner waits for any worker to take it.
  `CREATE TABLE stack_lock (
    stack_id uuid PRIMARY KEY,
    operation jsonb NOT NULL,
    owner uuid,
    request jsonb,
    created_at timestamptz NOT NULL DEFAULT hearth_now())`,
]
