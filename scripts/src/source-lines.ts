import { existsSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * Stacks name the lines of the sources, as with Node's own `--enable-source-maps`. That reads the map of each module when
 * the module is loaded, which is a good part of a start and of the memory after it; here a map is read when the first stack
 * is looked at that leads through its module.
 */
export function showSourceLines(): void {
  Error.prepareStackTrace = stackInSources
}

/** A place of a stack, which Node's types say less of. */
export interface Site extends Pick<NodeJS.CallSite, 'getFileName' | 'getLineNumber' | 'getColumnNumber'> {
  toString(): string
}

/** @returns the text of `error.stack` */
export function stackInSources(error: Error, sites: readonly Site[]): string {
  return [titleOf(error), ...sites.map(site => `    at ${inSource(site)}`)].join('\n')
}

function titleOf(error: Error): string {
  try {
    return Error.prototype.toString.call(error)
  } catch {
    return '<error>'
  }
}

/** The files of modules have URLs; all else is Node's own, or not made from sources of ours. */
function inSource(site: Site): string {
  const text = site.toString()
  const [file, line, column] = [site.getFileName(), site.getLineNumber(), site.getColumnNumber()]
  if (!file?.startsWith('file:') || line === null || column === null) return text
  const found = mapOf(file)?.findEntry(line - 1, column - 1)
  if (found === undefined || !('originalSource' in found)) return text
  const { href } = new URL(found.originalSource, file)
  return text.replace(`${file}:${line}:${column}`, `${href}:${found.originalLine + 1}:${found.originalColumn + 1}`)
}

const maps = new Map<string, SourceMap | undefined>()

function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) maps.set(file, readMap(`${fileURLToPath(file)}.map`))
  return maps.get(file)
}

/** A stack is shown in any case: a map that cannot be read is as good as none. */
function readMap(path: string): SourceMap | undefined {
  try {
    return existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, 'utf8'))) : undefined
  } catch {
    return undefined
  }
}
