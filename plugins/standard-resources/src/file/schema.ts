import type { PropertySchema } from '@hearth/core/plugin'

export const pathSchema: PropertySchema = {
  type: 'string',
  description:
    "Where it lies: a path below the project's folder, names joined by slashes. The folders that lead to it have to be there.",
  required: true,
}

/** @param owner digits that the daemon can go on with, to whom it belongs. @param what they let it do. */
export const modeSchema = (fallback: string, owner: string, what: string): PropertySchema => ({
  type: 'string',
  description: 'Its permissions, as four octal digits in quotes.',
  default: fallback,
  constraints: [
    {
      allowed_pattern: `^0[${owner}][0-7]{2}$`,
      description: `expected four octal digits in quotes, such as '${fallback}', by which the owner, who is the daemon, may ${what}`,
    },
  ],
  updateAllowed: true,
})
