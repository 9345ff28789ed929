import type { Chosen, Verdict } from '@hearth/core/use-cases'
import { tableOf } from './table.js'

interface How {
  readonly to: string
  readonly dryRun: boolean
}

/** A row for each stack that a verdict was reached on, and the sum. Pure. */
export function reportOf({ roots, unclear }: Chosen, verdicts: ReadonlyMap<string, Verdict>, how: How): string {
  const rows = roots.flatMap(({ id, project, name, engine }) => {
    const verdict = verdicts.get(id)
    return verdict === undefined ? [] : [[project, name, id, engine, resultOf(verdict, how)]]
  })
  const untried = roots.length - rows.length
  for (const { word, reason } of unclear) rows.push(['', word, '', '', `left: ${reason}`])
  const moved = [...verdicts.values()].filter(({ kind }) => kind === 'moved').length
  const sum = [
    `${moved} ${how.dryRun ? 'can be moved' : 'moved'} to ${how.to}`,
    `${leftOf({ roots, unclear }, verdicts)} left`,
    ...(untried === 0 ? [] : [`${untried} not tried; run it again`]),
  ]
  return [
    ...(rows.length === 0 ? [] : [tableOf(['PROJECT', 'STACK', 'ID', 'ENGINE', 'RESULT'], rows)]),
    `${sum.join(', ')}.`,
  ].join('\n')
}

/** How many were to be moved and were not, those apart that were not tried. */
export const leftOf = ({ unclear }: Chosen, verdicts: ReadonlyMap<string, Verdict>): number =>
  unclear.length + [...verdicts.values()].filter(({ kind }) => left.has(kind)).length

const left: ReadonlySet<Verdict['kind']> = new Set(['busy', 'contended', 'refused'])

function resultOf(verdict: Verdict, { to, dryRun }: How): string {
  switch (verdict.kind) {
    case 'already':
      return `already on ${to}`
    case 'gone':
      return 'deleted meanwhile'
    case 'moved': {
      const nested = verdict.stacks === 1 ? '' : `${verdict.stacks} stacks, `
      const rows = `${verdict.resources} ${verdict.resources === 1 ? 'resource' : 'resources'}`
      return `${dryRun ? 'can be moved' : 'moved'}: ${nested}${rows}`
    }
    default:
      return `left: ${verdict.reason}`
  }
}
