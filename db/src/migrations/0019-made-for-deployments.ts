import type { Transaction } from '../transaction.js'

/**
 * Configs that resources had made for their deployments before anybody wrote down what for: those that a deployment uses go
 * with it from now on. A config that a resource has made says by an input where it is deployed to; no other one does.
 */
export async function up(tx: Transaction): Promise<void> {
  await tx.query(`UPDATE software_config c SET made_for = d.id FROM software_deployment d
    WHERE d.config_id = c.id AND d.resource_id IS NOT NULL AND c.made_for IS NULL
      AND c.inputs @> '[{"name": "deploy_server_id"}, {"name": "deploy_resource_name"}]'`)
}
