import { boolean } from '@hearth/config'

/** What a new plugin and its parts are called, from the name of its package. */
export interface PluginNames {
  /** `@acme/hearth-spool-engine` */
  readonly packageName: string
  /** `spool`: an engine's name, and the file of a resource type. */
  readonly plain: string
  /** `Spool` */
  readonly className: string
  /** `Acme::Spool` */
  readonly typeName: string
}

export type PluginKind = 'engine' | 'resource-type'

/** @throws Error if npm would not take the name, nothing is left of it to name the parts by, or a part has that name already */
export function namesOf(packageName: string, kind: PluginKind): PluginNames {
  const [, scope = 'custom', base = ''] = /^(?:@([a-z0-9][a-z0-9-]*)\/)?([a-z0-9][a-z0-9-]*)$/.exec(packageName) ?? []
  const plain = base.replace(/^hearth-/, '').replace(/-(engine|plugin)$/, '')
  if (!/^[a-z][a-z0-9-]*$/.test(plain) || plain === 'hearth')
    throw new Error(
      `'${packageName}' is no name for a plugin: expected an npm package, @scope/hearth-name or hearth-name, of small letters, digits and hyphens.`,
    )
  if (isTaken(plain, kind))
    throw new Error(`'${packageName}' is no name for a plugin of this kind: '${plain}' means something else already.`)
  const className = pascal(plain)
  return { packageName, plain, className, typeName: `${pascal(scope)}::${className}` }
}

/** Hearth's own engines, and what `convergence_engine` takes for one of them; the file beside which that of a type lies. */
const isTaken = (plain: string, kind: PluginKind): boolean =>
  kind === 'engine'
    ? ['legacy', 'convergence'].includes(plain) || boolean.parse(plain) !== undefined
    : plain === 'index'

const pascal = (words: string): string => words.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())
