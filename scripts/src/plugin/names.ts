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

/** @throws Error if npm would not take the name, or nothing is left of it to name the parts by */
export function namesOf(packageName: string): PluginNames {
  const [, scope = 'custom', base = ''] = /^(?:@([a-z0-9][a-z0-9-]*)\/)?([a-z0-9][a-z0-9-]*)$/.exec(packageName) ?? []
  const plain = base.replace(/^hearth-/, '').replace(/-(engine|plugin)$/, '')
  if (!/^[a-z][a-z0-9-]*$/.test(plain) || plain === 'hearth')
    throw new Error(
      `'${packageName}' is no name for a plugin: expected an npm package, @scope/hearth-name or hearth-name, of small letters, digits and hyphens.`,
    )
  const className = pascal(plain)
  return { packageName, plain, className, typeName: `${pascal(scope)}::${className}` }
}

const pascal = (words: string): string => words.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())
