/**
 * Before @hearth/daemon is packed: the examples that `hearth-manage plugin new` copies come into the package. What is
 * there and the same stays untouched, so that two may pack at once.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const scripts = dirname(fileURLToPath(import.meta.url))
for (const model of ['note', 'queue-engine']) {
  const source = join(scripts, '..', 'examples', model)
  if (existsSync(source)) copy(source, join(scripts, 'templates', model))
}

function copy(from, to) {
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (['dist', 'node_modules'].includes(entry.name)) continue
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) copy(source, target)
    else {
      const text = readFileSync(source)
      if (!existsSync(target) || !readFileSync(target).equals(text)) writeFileSync(target, text)
    }
  }
}
