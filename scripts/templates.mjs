/**
 * Before @hearth/daemon is packed: the examples that `hearth-manage plugin new` copies come into the package. What is
 * there and the same stays untouched, so that two may pack at once; what is no more in the examples goes.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const scripts = dirname(fileURLToPath(import.meta.url))
for (const model of ['note', 'queue-engine']) {
  const source = join(scripts, '..', 'examples', model)
  if (existsSync(source)) copy(source, join(scripts, 'templates', model))
}

function copy(from, to) {
  mkdirSync(to, { recursive: true })
  const entries = readdirSync(from, { withFileTypes: true }).filter(
    ({ name }) => !['dist', 'node_modules'].includes(name),
  )
  const names = new Set(entries.map(({ name }) => name))
  for (const name of readdirSync(to)) if (!names.has(name)) rmSync(join(to, name), { recursive: true, force: true })
  for (const entry of entries) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) copy(source, target)
    else {
      const text = readFileSync(source)
      if (!existsSync(target) || !readFileSync(target).equals(text)) writeFileSync(target, text)
    }
  }
}
