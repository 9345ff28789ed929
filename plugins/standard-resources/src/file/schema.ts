import { type MaybeUnknown, type PropertySchema } from '@hearth/core/plugin'
import type { Root } from './root.js'

export const pathSchema: PropertySchema = {
  type: 'string',
  description:
    "Where it lies: a path below the project's folder, names joined by slashes. The folders that lead to it have to be there.",
  required: true,
}

export const modeSchema = (fallback: string): PropertySchema => ({
  type: 'string',
  description: 'Its permissions, as four octal digits in quotes.',
  default: fallback,
  constraints: [
    { allowed_pattern: '^0[0-7]{3}$', description: "expected four octal digits that begin with 0, in quotes: '0640'" },
  ],
  updateAllowed: true,
})

/** @throws ResourceFailure if there is no root, or the path is known and not allowed. */
export function checkPlace(root: Root, { path }: Record<string, MaybeUnknown>): void {
  void root.path
  if (typeof path === 'string') root.place(path, 'project')
}
