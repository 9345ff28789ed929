/**
 * Types of Heat that are known and cannot be carried out here, with the reason. Nothing in here does anything.
 * Start at `services.ts` for their names.
 */
import type { UnavailableType } from '@hearth/core/plugin'
import { typesOfServices } from './services.js'

const withoutService =
  'Hearth works without other services of OpenStack; give the type another meaning in the resource_registry of the environment'

export const unavailableTypes: readonly UnavailableType[] = Object.entries(typesOfServices).flatMap(
  ([service, names]) => names.split(/\s+/).map(name => ({ name, service, reason: withoutService })),
)
