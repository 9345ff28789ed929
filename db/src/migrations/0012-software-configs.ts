import type { Transaction } from '../transaction.js'

/**
 * Configurations of software, which never change, and their deployments to servers. Whoever asks for them by the API and
 * resources of stacks share them. A config in use cannot go.
 */
export async function up(tx: Transaction): Promise<void> {
  await tx.query(`CREATE TABLE software_config (
    id uuid PRIMARY KEY,
    project text NOT NULL,
    name text,
    "group" text,
    config jsonb,
    inputs jsonb NOT NULL,
    outputs jsonb NOT NULL,
    options jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT hearth_now()
  )`)
  await tx.query('CREATE INDEX software_config_project ON software_config (project, created_at DESC, id)')
  await tx.query(`CREATE TABLE software_deployment (
    id uuid PRIMARY KEY,
    project text NOT NULL,
    server_id text,
    config_id uuid NOT NULL REFERENCES software_config (id),
    action text,
    status text,
    status_reason text,
    input_values jsonb,
    output_values jsonb,
    stack_user_project_id text,
    stack_id uuid,
    root_id uuid,
    resource_id uuid,
    created_at timestamptz NOT NULL DEFAULT hearth_now(),
    updated_at timestamptz
  )`)
  await tx.query('CREATE INDEX software_deployment_project ON software_deployment (project, created_at, id)')
  await tx.query('CREATE INDEX software_deployment_server ON software_deployment (server_id)')
  await tx.query('CREATE INDEX software_deployment_config ON software_deployment (config_id)')
  await tx.query('CREATE INDEX software_deployment_stack ON software_deployment (stack_id) WHERE stack_id IS NOT NULL')
}
