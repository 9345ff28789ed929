import type { PropertySchema } from '@hearth/core/plugin'

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
