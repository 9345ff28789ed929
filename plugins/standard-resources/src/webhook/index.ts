/**
 * The event sink `webhook`: events of stacks are sent to an address of the user's.
 * Nothing here connects by itself: `outbound` does, to whom the operator allows.
 * Start at `webhook.ts`.
 */
import type { Namespace } from '../namespace.js'
import { webhook } from './webhook.js'

export const webhooks: Namespace = { options: [], types: [], sinks: [webhook] }
