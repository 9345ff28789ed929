import { randomUUID } from 'node:crypto'
import type { Plan, VisitStep } from '../plugin/index.js'
import type { Incarnation } from '../resource/rows/incarnation.js'
import type { StackDefinition } from '../template/index.js'
import { buildPlan } from './build.js'
import type { PlanInput, Wanted } from './draft.js'

/** The plan that leads from what exists to a definition. */
export const planOf = (
  definition: StackDefinition,
  existing: readonly Incarnation[],
  chosen: ReadonlyMap<string, Incarnation>,
  settled: ReadonlySet<string>,
  effectless: PlanInput['effectless'],
  visit?: VisitStep,
): Plan =>
  buildPlan({
    visit,
    wanted: wantedOf(definition),
    existing,
    leansOn: incarnation => incarnation.requires ?? [],
    chosen,
    settled,
    effectless,
    newId: randomUUID,
  })

/** A type that cannot be found stands for itself: the step of its resource says what is wrong. */
const wantedOf = (definition: StackDefinition): Map<string, Wanted> =>
  new Map(
    [...definition.resources].map(([name, { type: declaredType, requires }]) => [
      name,
      { name, declaredType, type: definition.typeOf(name)?.name ?? declaredType, requires },
    ]),
  )
