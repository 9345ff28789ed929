import type { PureConstraint, Json } from '@hearth/core/plugin'

/** A constraint on text; nothing given is fine, as in Heat. */
export const textConstraint = (name: string, refuse: (text: string) => string | undefined): PureConstraint => ({
  name,
  refuse: (value: Json) => {
    if (value === null || value === '') return undefined
    return refuse(typeof value === 'string' ? value : JSON.stringify(value))
  },
})

/** Why not, unless it holds. */
export const unless = (holds: boolean, why: string): string | undefined => (holds ? undefined : why)
