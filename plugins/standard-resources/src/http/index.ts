/**
 * Hearth::HTTP: objects of REST APIs.
 * Nothing here connects by itself: `outbound` does, to whom the operator allows.
 * Start at `schema.ts` for what a template says, `resource.ts` for the steps, `talk.ts` for how a request is sent again.
 */
import type { Namespace } from '../namespace.js'
import { outboundOptions } from '../outbound/index.js'
import { httpResource } from './resource.js'

export const httpNamespace: Namespace = { options: outboundOptions, types: [httpResource] }
