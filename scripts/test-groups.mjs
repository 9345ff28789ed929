/**
 * Which tests run in a process together. What lies in memory is theirs alone; daemons, databases and ports are each test's
 * own anyway.
 */
import { readFileSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'

/** What the suites of the conformance kit run on; HEARTH_ENGINE names others. */
const named = process.env.HEARTH_ENGINE
const example = 'hearth-queue-engine'
const engines = (named ?? `legacy,convergence,${example}`).split(',')
/** What depends most on an engine: all else that two engines show is not tried on the example, too, unless that is named. */
const ofEngines = suitesOf(
  'create',
  'update',
  'delete',
  'overlap',
  'crash',
  'rollback',
  'faults',
  'several',
  'timeouts',
  'nested',
)
/** What the client shows of one engine it shows of a third one, too. */
const ofClient = named ?? 'legacy,convergence'

const kit = ['test', 'engines', 'dist']
const house = ['test', 'dist']

/** Stacks that were moved to an engine behave as those that were created there: what comes after a create says so. */
const moved = ['legacy>convergence'].map(engine => ({
  title: `the kit on ${engine}`,
  holds: kit,
  only: suitesOf('overlap', 'crash'),
  engine,
}))

/** Those of the house that take minutes, and those that take one or two. */
const long = [
  { title: 'simulated worlds', holds: [...house, 'simulation'] },
  { title: 'the openstack client', holds: [...house, 'client'], engine: ofClient },
  { title: 'the standard types', holds: [...house, 'standard'] },
]
const short = [
  { title: 'packages', holds: [...house, 'packages.test.js'] },
  { title: 'moves between engines', holds: [...house, 'migrate-convergence.test.js'] },
  { title: 'a cluster in chaos', holds: [...house, 'chaos.test.js'] },
  { title: 'a primary that is killed', holds: [...house, 'ha.test.js'] },
  { title: 'crashes', holds: [...house, 'crashes'] },
  { title: 'the API', holds: [...house, 'http'] },
]

/** What takes longest begins first, so that no core is left without work at the end. */
const kinds = [
  { title: 'the daemon from outside', holds: house, but: [...long, ...short].map(({ holds }) => holds) },
  ...long,
  ...engines.map(engine => ({
    title: `the kit on ${engine}`,
    holds: kit,
    but: [[...kit, 'kit']],
    only: named === undefined && engine === example ? ofEngines : undefined,
    engine,
  })),
  { title: 'parts', holds: [], but: [house] },
  ...(named === undefined ? moved : []),
  ...short,
]

/** @returns the groups that have any of these compiled test files, each with its `title`, `files` and `env`. */
export function groupsOf(files, root) {
  const left = new Set(files)
  const groups = []
  for (const { title, holds, but, only, engine } of kinds) {
    const members = files.filter(
      file =>
        (left.has(file) || engine !== undefined) &&
        within(file, holds, root) &&
        !but?.some(parts => within(file, parts, root)) &&
        (only?.includes(basename(file)) ?? true),
    )
    for (const file of members) left.delete(file)
    if (members.length > 0) groups.push({ title, files: members, env: { HEARTH_ENGINE: engine ?? engines.join(',') } })
  }
  return groups
}

/** Where the compiled tests of each package lie. */
export const compiledPackages = root =>
  JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).references.map(({ path }) => join(root, path, 'dist'))

const within = (file, parts, root) => `${relative(root, file)}${sep}`.startsWith([...parts, ''].join(sep))

function suitesOf(...names) {
  return names.map(name => `${name}.test.js`)
}
