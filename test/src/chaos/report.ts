import type { Outcome } from './chaos.js'

/** What was done, as a table, and how it ended. */
export function report({ problems, seconds, users, faults, cloud, starts }: Outcome): string {
  const rows: [string, string][] = [
    ['time', `${seconds.toFixed(0)} s`],
    [
      'accepted',
      `${users.creates} creates, ${users.updates} updates, ${users.cancels} cancels, ${users.deletes} deletes`,
    ],
    ['not accepted', `${users.refusals} refused, ${users.unanswered} without an answer`],
    [
      'workers',
      `${faults.kills} killed (${faults.massacres} times all), ${faults.pauses} paused, ${faults.stops} stopped`,
    ],
    ['API daemon', `${faults.apiKills} killed, ${faults.apiPauses} paused, ${faults.apiStops} stopped`],
    ['PostgreSQL', `${faults.postgresKills} killed`],
    ['processes', `${starts} started`],
    ['cloud', `${cloud.calls} calls: ${cloud.creates} creates, ${cloud.updates} updates, ${cloud.deletes} deletes`],
    ['', `${cloud.refusals} refused, ${cloud.lostAnswers} answers lost`],
    ['verdict', problems.length === 0 ? 'everything held' : `${problems.length} PROBLEMS`],
  ]
  return [...rows.map(([name, text]) => `  ${name.padEnd(14)}${text}`), ...problems.map(text => `  - ${text}`)].join(
    '\n',
  )
}

export const operationsOf = ({ users }: Outcome): number =>
  users.creates + users.updates + users.cancels + users.deletes
