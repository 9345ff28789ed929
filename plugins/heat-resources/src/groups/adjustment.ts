import type { Json, JsonMap } from '@hearth/core/plugin'

/** What an adjustment by a signal makes of the size of a group. Pure; the rules are Heat's (heat/scaling/scalingutil.py). */

export const adjustmentTypes = ['change_in_capacity', 'exact_capacity', 'percent_change_in_capacity'] as const
export type AdjustmentType = (typeof adjustmentTypes)[number]

/** The same as CloudFormation calls them. */
export const cfnAdjustmentTypes = {
  ChangeInCapacity: 'change_in_capacity',
  ExactCapacity: 'exact_capacity',
  PercentChangeInCapacity: 'percent_change_in_capacity',
} as const satisfies Readonly<Record<string, AdjustmentType>>

export interface Adjustment {
  readonly type: AdjustmentType
  /** Members, or per cent of them. */
  readonly amount: number
  /** Of a change in per cent: so many members at least. */
  readonly leastStep: number | null
}

export interface Limits {
  readonly least: number
  readonly most: number
}

/** As a policy's signal carries it. `said`: what its type is called there. */
export const adjustmentIn = ({ type, amount, leastStep }: JsonMap): Adjustment & { readonly said: string } => ({
  type: typeIn(type) ?? 'change_in_capacity',
  said: typeof type === 'string' ? type : 'change_in_capacity',
  amount: Number(amount),
  leastStep: typeof leastStep === 'number' ? leastStep : null,
})

const typeIn = (type: Json | undefined): AdjustmentType | undefined =>
  adjustmentTypes.find(one => one === type) ?? Object.entries(cfnAdjustmentTypes).find(([name]) => name === type)?.[1]

export function adjustedSize(current: number, adjustment: Adjustment, { least, most }: Limits): number {
  return Math.min(Math.max(wantedSize(current, adjustment), least), most)
}

function wantedSize(current: number, { type, amount, leastStep }: Adjustment): number {
  switch (type) {
    case 'change_in_capacity':
      return current + Math.trunc(amount)
    case 'exact_capacity':
      return Math.trunc(amount)
    case 'percent_change_in_capacity':
      return current + step((current * amount) / 100, leastStep)
  }
}

/** Less than one member is one; else only whole ones count. */
function step(delta: number, leastStep: number | null): number {
  const whole = Math.abs(delta) < 1 ? Math.sign(delta) * Math.ceil(Math.abs(delta)) : Math.trunc(delta)
  if (leastStep === null || leastStep <= Math.abs(whole)) return whole
  return whole > 0 ? leastStep : -leastStep
}
