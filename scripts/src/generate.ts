import { readFileSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { apiReport } from './api-report.js'
import { hostOptions, type Option, plugins, renderSample } from '@hearth/config'

const root = new URL('../../', import.meta.url)
/** What the compiler has made of the public entry. */
export const contract = new URL('core/dist/plugin/index.d.ts', root)

interface Generated {
  readonly file: URL
  readonly text: string
}

/** Every generated file of the tree with the text it should have. @throws naming the plugin that cannot be loaded */
export async function generated(packages: readonly string[] = plugins.default): Promise<Generated[]> {
  const options = [...hostOptions, ...(await Promise.all(packages.map(optionsOf))).flat()]
  return [
    { file: new URL('config/hearth.conf.sample', root), text: renderSample(options) },
    {
      file: new URL('core/plugin-api.md', root),
      text: apiReport('The contract of plugins: @hearth/core/plugin', contract),
    },
  ]
}

/** The paths, from the top of the tree, of generated files that are not as they should be. */
export const stale = (files: readonly Generated[]): string[] =>
  files
    .filter(({ file, text }) => read(file) !== text)
    .map(({ file }) => relative(fileURLToPath(root), fileURLToPath(file)))

async function optionsOf(name: string): Promise<readonly Option<unknown>[]> {
  const { default: plugin } = (await import(name)) as { default?: { options?: readonly Option<unknown>[] } }
  if (plugin === undefined) throw new Error(`${name}: expected a plugin as its default export.`)
  return plugin.options ?? []
}

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
    for (const { file, text } of files) writeFileSync(file, text)
    return
  }
  const old = stale(files)
  for (const path of old) console.error(`${path} is not as its sources say; run: npm run generate`)
  if (old.length > 0) process.exitCode = 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2))
