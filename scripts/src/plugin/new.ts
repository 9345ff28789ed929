import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { namesOf, type PluginKind, type PluginNames } from './names.js'

interface Model {
  /** Its folder among the examples of the checkout, or among the templates of the installed package. */
  readonly folder: string
  /** What stands in it for the names of a plugin, longest first. */
  readonly renamed: (names: PluginNames) => readonly (readonly [from: string | RegExp, to: string])[]
  readonly test: (names: PluginNames) => string
}

const ownTests = 'npm run build && mocha --timeout 90000 "dist/**/*.test.js"'

/** New plugins are copies of the examples, which are tested as they are. */
const models: Readonly<Record<PluginKind, Model>> = {
  'resource-type': {
    folder: 'note',
    renamed: ({ packageName, plain, className, typeName }) => [
      ['hearth-note', packageName],
      ['Acme::Disk::Note', typeName],
      ["'Note'", `'${className}'`],
      ['note.js', `${plain}.js`],
      ['note.ts', `${plain}.ts`],
      ['note.test.ts', `${plain}.test.ts`],
    ],
    test: () => ownTests,
  },
  engine: {
    folder: 'queue-engine',
    renamed: ({ packageName, plain, className, typeName }) => {
      const table = plain.replaceAll('-', '_')
      return [
        ['hearth-queue-engine', packageName],
        ['QueueEngine', `${className}Engine`],
        ['Acme::Queue::Job', `${typeName}Job`],
        ['hearth_queue', `hearth_${table}`],
        [/\bqueue_(?=\w)/g, `${table}_`],
        [/'queue(?=['-])/g, `'${plain}`],
        [/(['`])queue: /g, `$1${plain}: `],
      ]
    },
    test: ({ packageName }) => `${ownTests} && hearth-conformance --engine ${packageName}`,
  },
}

/**
 * Writes the package of a new plugin, whose tests pass as it is.
 * @param provide puts what it needs of Hearth into its folder. It returns what is to be depended on, by name.
 * @returns the paths of its files, from its folder.
 * @throws Error if the folder is there and not empty, or the name is none
 */
export function newPlugin(
  name: string,
  kind: PluginKind,
  folder: string,
  provide: (folder: string) => Readonly<Record<string, string>> = () => ({}),
): string[] {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new Error(`${folder} is not empty; choose another with --folder.`)
  const names = namesOf(name, kind)
  const { folder: model, renamed, test } = models[kind]
  const source = modelFolder(model)
  const pairs = renamed(names)
  const inNew = (text: string): string =>
    pairs.reduce(
      (now, [from, to]) => (typeof from === 'string' ? now.replaceAll(from, to) : now.replace(from, to)),
      text,
    )
  const manifest = JSON.parse(inNew(readFileSync(join(source, 'package.json'), 'utf8'))) as Package
  const provided = provide(folder)
  const files: Record<string, string> = {
    'package.json': json(packageOf(manifest, test(names), provided)),
    'tsconfig.json': json(compilerOptions),
    '.gitignore': 'dist/\nnode_modules/\nvar/\n',
    'README.md': readme(names, kind, Object.keys(provided).length > 0),
  }
  for (const path of filesBelow(join(source, 'src'))) {
    files[inNew(relative(source, path))] = inNew(readFileSync(path, 'utf8'))
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return Object.keys(files).sort()
}

/** In the checkout the example itself, in the installed package the copy that was packed with it. */
function modelFolder(name: string): string {
  const places = ['../../../examples/', '../../templates/'].map(place =>
    fileURLToPath(new URL(place + name, import.meta.url)),
  )
  const found = places.find(place => existsSync(join(place, 'package.json')))
  if (found === undefined)
    throw new Error(`The model of new plugins, ${name}, is missing; install @hearth/daemon again.`)
  return found
}

interface Package {
  readonly name: string
  readonly devDependencies?: Record<string, string>
}

/** The tools that the checkout has at its top are the package's own. */
function packageOf(
  { devDependencies, ...rest }: Package,
  test: string,
  provided: Readonly<Record<string, string>>,
): object {
  return {
    ...rest,
    scripts: { build: 'tsc -p .', test },
    devDependencies: {
      ...devDependencies,
      ...provided,
      '@types/chai': '^5.2.3',
      '@types/mocha': '^10.0.10',
      '@types/node': '^20.19.43',
      chai: '^6.3.0',
      mocha: '^12.0.3',
      typescript: '^7.0.2',
    },
  }
}

const compilerOptions = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2023'],
    strict: true,
    noUncheckedIndexedAccess: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    declaration: true,
    sourceMap: true,
    skipLibCheck: true,
    types: ['node', 'mocha'],
    rootDir: 'src',
    outDir: 'dist',
  },
  include: ['src'],
}

const readme = (
  { packageName, plain, typeName }: PluginNames,
  kind: PluginKind,
  provided: boolean,
): string => `# ${packageName}

A Hearth plugin. It brings the ${kind === 'engine' ? `engine \`${plain}\`` : `resource type \`${typeName}\``}.

    npm install
    npm test
${provided ? '\nHearth is in `hearth/`, as it was packed when this package was written. `npm pack` makes newer ones.\n' : ''}
To use it, install it where Hearth is installed, and name it in \`hearth.conf\`:

    [DEFAULT]
    plugins = @hearth/legacy-engine,@hearth/convergence-engine,@hearth/heat-resources,@hearth/standard-resources,${packageName}
${kind === 'engine' ? `    convergence_engine = ${plain}\n` : ''}`

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map(name => join(folder, name))
    .flatMap(path => (statSync(path).isDirectory() ? filesBelow(path) : [path]))
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`

/** Where a plugin of this name goes unless something else is said: a folder below the working one. */
export const folderOf = (name: string): string => resolve(name.replace(/^@.*\//, ''))
