import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { hostOptions, plugins, renderSample } from '@hearth/config'
import type { ResourceType } from '@hearth/core/plugin'
import { apiReport } from './api-report.js'
import { loaded, typesOf } from './loaded.js'
import { pageName, typeIndex, typePage } from './type-page.js'

const root = new URL('../../', import.meta.url)
/** What the compiler has made of the public entry. */
export const contract = new URL('core/dist/plugin/index.d.ts', root)

interface Generated {
  readonly file: URL
  /** Absent: there should be no such file. */
  readonly text?: string
}

/** Every generated file of the tree with the text it should have. @throws naming the plugin that cannot be loaded */
export async function generated(packages: readonly string[] = plugins.default): Promise<Generated[]> {
  const all = await Promise.all(packages.map(loaded))
  return [
    {
      file: new URL('config/hearth.conf.sample', root),
      text: renderSample([...hostOptions, ...all.flatMap(({ options = [] }) => options)]),
    },
    {
      file: new URL('core/plugin-api.md', root),
      text: apiReport('The contract of plugins: @hearth/core/plugin', contract),
    },
    ...typePages((await Promise.all(all.map(typesOf))).flat()),
  ]
}

/** A page for each type and one that lists them, and nothing else in their folder. */
function typePages(types: readonly ResourceType[]): Generated[] {
  const folder = new URL('docs/resource-types/', root)
  const sorted = types.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const pages = new Map([
    ['README.md', typeIndex(sorted)],
    ...sorted.map(type => [`${pageName(type.name)}.md`, typePage(type, read(exampleOf(type.name)))] as const),
  ])
  const others = existsSync(folder) ? readdirSync(folder).filter(name => !pages.has(name)) : []
  return [
    ...[...pages].map(([name, text]) => ({ file: new URL(name, folder), text })),
    ...others.map(name => ({ file: new URL(name, folder) })),
  ]
}

/** The template that shows a type at work. */
export const exampleOf = (type: string): URL => new URL(`examples/types/${pageName(type)}.yaml`, root)

/** The paths, from the top of the tree, of generated files that are not as they should be. */
export const stale = (files: readonly Generated[]): string[] =>
  files
    .filter(({ file, text }) => read(file) !== text)
    .map(({ file }) => relative(fileURLToPath(root), fileURLToPath(file)))

function read(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function main(argv: readonly string[]): Promise<void> {
  const files = await generated()
  if (!argv.includes('--check')) {
    for (const { file, text } of files) {
      if (text === undefined) rmSync(file)
      else {
        mkdirSync(new URL('.', file), { recursive: true })
        writeFileSync(file, text)
      }
    }
    return
  }
  const old = stale(files)
  for (const path of old) console.error(`${path} is not as its sources say; run: npm run generate`)
  if (old.length > 0) process.exitCode = 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2))
