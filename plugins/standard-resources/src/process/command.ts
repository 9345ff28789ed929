import {
  again,
  done,
  type Json,
  type JsonMap,
  type MaybeUnknown,
  type Progress,
  PropertyFailure,
  replace,
  ResourceFailure,
  type ResourceType,
  type StepContext,
  type StoredResource,
  Unknown,
} from '@hearth/core/plugin'
import type { Surroundings } from '../namespace.js'
import { atOnce } from './options.js'
import { checkProgram, checkVariable } from './permission.js'
import { Places } from './places.js'
import { Programs } from './programs.js'
import { attributes, properties } from './schema.js'

type Step = 'create' | 'update' | 'delete'

/** Properties whose change is one for the program to hear of; others are about how it is run. */
const telling = ['create', 'environment', 'input', 'working_directory', 'triggers']
/** One that finds all places taken looks again after so long, in milliseconds. */
const placeMs = 200

/** What programs on the machines of the workers do, if the operator allows it. */
export const command = (surroundings: Surroundings): ResourceType => {
  const { options } = surroundings
  const programs = new Programs(surroundings)
  const places = new Places(() => options.get(atOnce))

  /**
   * Runs a program that changes something. That it has begun is durable before it does: the physical id says so. Its end
   * is not known if a call finds that it was begun by an earlier one.
   */
  async function change(step: Step, context: StepContext, cursor: Json | undefined): Promise<Progress> {
    const { properties: wanted, resource, physicalId, stack, signal } = context
    const [program] = wanted[step] as readonly string[]
    const name = resource.physicalName
    const begun = `${name}/${step}`
    if (cursor === undefined) {
      // A new attempt: what is left of an earlier one, which has failed, says nothing about this one.
      if (physicalId === begun) await context.setPhysicalId(name)
      return again({}, { afterMs: 0 })
    }
    if (physicalId === begun && wanted.repeatable !== true) {
      throw new ResourceFailure(
        `'${program}' was begun, and nobody knows how it ended, because the daemon did not see its end. It is not run again by itself; 'repeatable' allows that.`,
      )
    }
    const run = async (): Promise<Progress> => {
      if (physicalId !== begun) await context.setPhysicalId(begun)
      const environment = { ...toldOf(name, step), ...toldAbout(context) }
      const told = { project: stack.project, environment }
      const { code, stdout, stderr } = await programs.execute(step, wanted, told, signal)
      if (step === 'delete') return done()
      return done({ physicalId: name, data: { project: stack.project, exit_code: code, stdout, stderr } })
    }
    return places.tryUse(run) ?? again({}, { afterMs: placeMs })
  }

  /** Runs the program that looks, which may be run at any time. @throws ResourceFailure if it is not content */
  async function look({ properties: stored, physicalId }: Stored, project: string, signal: AbortSignal): Promise<void> {
    if (stored.check === null) return
    const environment = toldOf(physicalId ?? '', 'check')
    await places.use(() => programs.execute('check', stored, { project, environment }, signal), signal)
  }

  return {
    name: 'Hearth::Process::Command',
    className: 'Command',
    description:
      'What programs on the machines of the workers do: one that makes something, and others that change it, remove it, and look whether it is as it should be. The operator says which programs may be run.',
    support: { status: 'SUPPORTED' },
    properties,
    attributes,
    mendWhenFailed: true,
    mayReplace: true,
    validate(given) {
      for (const step of ['create', 'update', 'delete', 'check']) checkArguments(step, given[step])
      checkEnvironment(given.environment)
      if (typeof given.working_directory === 'string') programs.checkFolder(given.working_directory)
    },
    validateId: refuseImport,
    needsReplace: (_, wanted, changed) =>
      wanted.update === null && changed.some(name => telling.includes(name))
        ? `${changed.filter(name => telling.includes(name)).join(', ')} changed, and no command is given for that`
        : undefined,
    create: (context, cursor) => change('create', context, cursor),
    async update(context, cursor) {
      const { properties: wanted, data, changed, stack, signal } = context
      // What makes it has never ended well; there is nothing that could be changed.
      if (data.exit_code === undefined) return change('create', context, cursor)
      if (cursor !== undefined || changed.some(name => telling.includes(name))) return change('update', context, cursor)
      const wrong = await look(context, stack.project, signal).then(() => undefined, unless(signal))
      if (wrong === undefined) return done()
      return wanted.update === null ? replace(wrong.message) : change('update', context, cursor)
    },
    delete: async (context, cursor) =>
      context.physicalId === null || (context.properties.delete ?? null) === null
        ? done()
        : change('delete', context, cursor),
    async check(context) {
      await look(context, context.stack.project, context.signal)
      return done()
    },
    async observe(stored, signal): Promise<JsonMap> {
      const project = projectIn(stored)
      if (project === undefined) return {}
      const wrong = await look(stored, project, signal).then(() => undefined, unless(signal))
      // The same as if the template had changed them: something is to be done.
      return wrong === undefined ? {} : { triggers: { check: 'failed' } }
    },
    async adopt({ properties: given, data, stack }) {
      if (given.create !== undefined) return done({ data: { ...data, project: stack.project } })
      return refuseImport()
    },
    derive: ({ data }) => ({
      attributes: {
        exit_code: data.exit_code ?? null,
        stdout: data.stdout ?? null,
        stderr: data.stderr ?? null,
        json: parsed(data.stdout),
      },
    }),
  }

  function checkArguments(step: string, argv: MaybeUnknown | undefined): void {
    if (!Array.isArray(argv)) return
    const [program] = argv
    if (argv.length === 0 || argv.some(hasNul)) {
      throw new PropertyFailure(step, 'expected a program and its arguments, without NUL in them')
    }
    if (typeof program === 'string') checkProgram(program, step, options)
  }

  function checkEnvironment(variables: MaybeUnknown | undefined): void {
    if (typeof variables !== 'object' || variables === null || Unknown.is(variables)) return
    for (const [name, value] of Object.entries(variables)) {
      checkVariable(name, options)
      // What it is stands in no reason: it may be secret.
      if (hasNul(value)) throw new PropertyFailure('environment', `the value of '${name}' has a NUL in it`)
    }
  }
}

/** That it is not as it should be is an answer; all else is thrown. */
const unless =
  (signal: AbortSignal) =>
  (error: unknown): ResourceFailure => {
    if (signal.aborted || !ResourceFailure.is(error)) throw error
    return error
  }

/** Whose it is, as a step has stored it: what an adoption that has not ended came with is a word of the user's. */
const projectIn = ({ action, status, data: { project } }: StoredResource): string | undefined =>
  typeof project === 'string' && (action !== 'ADOPT' || status === 'COMPLETE') ? project : undefined

type Stored = Pick<StoredResource, 'properties' | 'physicalId'>

const toldOf = (name: string, step: string): Record<string, string> => ({
  HEARTH_NAME: name,
  HEARTH_STEP: step,
})

const toldAbout = ({ stack, resource, idempotencyKey }: StepContext): Record<string, string> => ({
  HEARTH_PROJECT: stack.project,
  HEARTH_STACK: stack.name,
  HEARTH_RESOURCE: resource.name,
  HEARTH_KEY: idempotencyKey,
})

const hasNul = (value: unknown): boolean => typeof value === 'string' && value.includes('\0')

function parsed(text: Json | undefined): Json {
  if (typeof text !== 'string') return null
  try {
    return JSON.parse(text) as Json
  } catch {
    return null
  }
}

function refuseImport(): never {
  throw new ResourceFailure('a command stands for nothing that could be imported; leave external_id out.')
}
