import { wakeDue } from '@hearth/convergence-engine/testing'
import { expect } from 'chai'
import { Tables } from './tables.js'

const parked = 3000
const due = [7, 70, 700]

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Index Cond'?: string
  readonly Plans?: readonly PlanNode[]
}
const nodesOf = (plan: PlanNode): PlanNode[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

describe('nodes that are parked', () => {
  let tables: Tables
  before(async () => {
    tables = await Tables.start()
    await tables.fill(Array.from({ length: parked }, () => ({ state: 'parked' as const, begun: true })))
    await tables.db.query(`UPDATE node SET wake_at = hearth_now() + id * interval '1 hour'`)
    await tables.db.query('UPDATE node SET wake_at = hearth_now() WHERE id = ANY($1::bigint[])', [due])
    await tables.db.query('ANALYZE node')
  })
  after(() => tables.stop())

  it('are found by index as far as they are due, and woken without a look at the others', async () => {
    const [{ plan } = { plan: [] }] = await tables.db
      .query<{ plan: { Plan: PlanNode }[] }>(`EXPLAIN (FORMAT JSON) ${wakeDue.text}`)
      .then(rows => rows.map(row => ({ plan: Object.values(row)[0] as { Plan: PlanNode }[] })))
    const nodes = nodesOf((plan[0] as { Plan: PlanNode }).Plan)
    const scans = nodes.filter(node => node['Relation Name'] === 'node' && /Scan/.test(node['Node Type']))
    expect(scans.map(node => node['Node Type'])).not.to.include('Seq Scan')
    const byTime = nodes.find(node => node['Index Name'] === 'node_parked')
    expect(byTime?.['Index Cond']).to.match(/wake_at <=/)
  })

  it('are woken when they are due, and no others', async () => {
    const woken = await tables.db.query<{ id: string }>(wakeDue)
    expect(woken.map(({ id }) => Number(id))).to.have.members(due)
    expect(await tables.db.query(wakeDue)).to.deep.equal([])
  })
})
