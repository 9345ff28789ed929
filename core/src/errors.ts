import { sayable, Told } from './told.js'

/** Where in the texts of a request something is written. */
export interface Place {
  /** A key of its files; absent: the template itself. */
  readonly file?: string
  /** The nearest place in that text that is known, e.g. `resources.web`; '': none. */
  readonly path: string
  /** Both from 1. As long as the text is not at hand only where it could not be read, and so has no paths. */
  readonly line?: number
  readonly column?: number
}

/** One of the things that are wrong with a template. */
export interface Problem extends Place {
  readonly type: string
  readonly message: string
}

/** What a user did wrong, or what stands in the way, under the exception name that Heat's clients know. */
export class HearthError extends Error {
  private static readonly brand = Symbol.for('hearth.HearthError')
  /** The message without `error` and `path`: the last of the three parts that the HTTP layer joins its own way. */
  readonly detail: string
  /** The same where nobody is to see the values that it tells. */
  private readonly masked: string
  /** What kind of thing is wrong, e.g. `Property error`. */
  readonly error?: string
  /** Where in the template, e.g. `resources.web.properties.size`. */
  readonly path?: string
  /** All that is wrong with a template, this error first, where all of it was looked for. */
  readonly problems?: readonly Problem[]
  /** Where that is written which is wrong. The first who knows tells it. */
  place?: Place

  /**
   * @param type Heat's exception name, e.g. `StackValidationFailed`.
   * @param status of the HTTP answer.
   * @param given the detail of the message.
   * @param parts `cause` is the same error as the stack inside a resource has it.
   */
  constructor(
    readonly type: string,
    readonly status: number,
    given: string | Told,
    parts: {
      readonly error?: string
      readonly path?: string
      readonly problems?: readonly Problem[]
      readonly cause?: HearthError
    } = {},
  ) {
    const detail = sayable(given instanceof Told ? given.open : given)
    const path = parts.path === undefined ? undefined : sayable(parts.path)
    super([parts.error, path, detail].filter(part => part !== undefined && part !== '').join(': '), {
      cause: parts.cause,
    })
    this.name = type
    this.detail = detail
    this.masked = given instanceof Told ? sayable(given.masked) : untold
    if (parts.error) this.error = parts.error
    if (path) this.path = path
    if (parts.problems) this.problems = parts.problems
    Object.defineProperty(this, HearthError.brand, { value: true })
  }

  /** The text of the HTTP answer: Heat's API rebuilds a validation error from its parts, which doubles the colons. */
  get httpMessage(): string {
    return [this.error, this.path, this.detail].filter(part => part !== undefined && part !== '').join(': : ')
  }

  /** The same error without the values that it tells: something secret may be in them. */
  get withoutValues(): HearthError {
    const { error, path, masked, place } = this
    const kept = new HearthError(this.type, this.status, new Told(masked, masked), {
      ...(error === undefined ? {} : { error }),
      ...(path === undefined ? {} : { path }),
    })
    return place === undefined ? kept : kept.at(place)
  }

  /** What it says, to be part of another error. */
  get told(): Told {
    return new Told(this.message, this.masked)
  }

  /** Tells where it is written, unless that is known more closely. */
  at(place: Place): this {
    this.place ??= place
    return this
  }

  static is(error: unknown): error is HearthError {
    return typeof error === 'object' && error !== null && HearthError.brand in error
  }
}

/** What is said of an error that would have to tell what is wrong by telling a secret. */
const untold = 'something is wrong with it, which is not told because there is a secret in it'

/** Does work with values, which may be secret: errors do not tell them then. @throws what `work` throws */
export function keepingSecret<Result>(isSecret: () => boolean, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw HearthError.is(error) && isSecret() ? error.withoutValues : error
  }
}

export interface ValidationParts {
  readonly error?: string
  readonly path?: string
  readonly message: string | Told
}

const invalid = (type: string, message: string | Told): HearthError => new HearthError(type, 400, message)

export const stackValidationFailed = ({ error, path, message }: ValidationParts): HearthError =>
  new HearthError('StackValidationFailed', 400, message, {
    ...(error === undefined ? {} : { error }),
    ...(path === undefined ? {} : { path }),
  })

/** @param message of a function. A text tells no values; one that does is `told`. */
export const valueError = (message: string | Told): HearthError =>
  invalid('ValueError', typeof message === 'string' ? new Told(message, message) : message)
export const badRequest = (message: string, problems?: readonly Problem[]): HearthError =>
  new HearthError('HTTPBadRequest', 400, message, problems === undefined ? {} : { problems })
/** @param what is not supported; the message ends in "is not supported." */
export const notSupported = (what: string): HearthError => invalid('NotSupported', `${what} is not supported.`)
export const requestLimitExceeded = (message: string): HearthError =>
  invalid('RequestLimitExceeded', `Request limit exceeded: ${message}`)
export const tooManyResources = (): HearthError => requestLimitExceeded('Maximum resources per stack exceeded.')
export const dataInvalid = (reason: string): HearthError => invalid('Invalid', `Data supplied was not valid: ${reason}`)

export const invalidTemplateVersion = (explanation: string): HearthError =>
  invalid('InvalidTemplateVersion', `The template version is invalid: ${explanation}`)
/** @param hint what was probably meant, here and below. */
export const invalidTemplateReference = (resource: string, where: string, hint = ''): HearthError =>
  invalid('InvalidTemplateReference', `The specified reference "${resource}" (in ${where}) is incorrect.${hint}`)
export const invalidTemplateAttribute = (resource: string, attribute: string, hint = ''): HearthError =>
  invalid('InvalidTemplateAttribute', `The Referenced Attribute (${resource} ${attribute}) is incorrect.${hint}`)
/** What a type says of what it does not have. */
export const refusedByType = (type: string | undefined, message: string): HearthError =>
  type === 'InvalidTemplateAttribute' ? invalid(type, message) : stackValidationFailed({ message })
export const templateOutputError = (resource: string, output: string, why: string): HearthError =>
  invalid('TemplateOutputError', `Error in ${resource} output ${output}: ${why}`)
export const attributeUnreadable = (resource: string, attribute: string, why: string): HearthError =>
  invalid('AttributeUnreadable', `The attribute ${attribute} of ${resource} cannot be read: ${why}`)
/** What is read from a stack inside is read beforehand, so what is asked for must not depend on other attributes. */
export const unreadableInside = (resource: string, attribute: string): HearthError =>
  invalid(
    'InvalidTemplateAttribute',
    `What follows ${attribute} in ${resource} is known too late: a path into a stack inside must not be made of attributes.`,
  )
export const invalidSchemaError = (message: string): HearthError => invalid('InvalidSchemaError', message)
export const circularDependency = (cycle: string): HearthError =>
  invalid('CircularDependencyException', `Circular Dependency Found: ${cycle}`)
export const invalidExternalDependency = (type: string, externalId: string): HearthError =>
  invalid('InvalidExternalResourceDependency', `Invalid dependency with external ${type} resource: ${externalId}`)
export const unknownUserParameter = (name: string, hint = ''): HearthError =>
  invalid('UnknownUserParameter', `The Parameter (${name}) was not defined in template.${hint}`)
export const userParameterMissing = (name: string, hint = ''): HearthError =>
  invalid('UserParameterMissing', `The Parameter (${name}) was not provided.${hint}`)
export const immutableParameterModified = (names: readonly string[]): HearthError =>
  invalid(
    'ImmutableParameterModified',
    `The following parameters are immutable and may not be updated: ${names.join(', ')}`,
  )
export const conflictingMergeStrategy = (strategy: string, parameter: string, file: string): HearthError =>
  new HearthError(
    'ConflictingMergeStrategyForParam',
    400,
    `Conflicting merge strategy '${strategy}' for parameter '${parameter}' in file '${file}'.`,
  )
export const invalidBreakPointHook = (hook: string, allowed: readonly string[], hint = ''): HearthError =>
  invalid(
    'InvalidBreakPointHook',
    `Invalid hook type "${hook}" for resource breakpoint, acceptable hook types are: (${quoted(allowed)})${hint}`,
  )
/** A hook that is not set, or none at all. */
export const wrongHook = (message: string): HearthError => invalid('InvalidBreakPointHook', message)
export const invalidRestrictedAction = (action: string, allowed: readonly string[], hint = ''): HearthError =>
  invalid(
    'InvalidRestrictedAction',
    `Invalid restricted_action type "${action}" for resource, acceptable restricted_action types are: (${quoted(allowed)})${hint}`,
  )
const quoted = (words: readonly string[]): string => words.map(word => `'${word}'`).join(', ')
export const resourceTypeUnavailable = (service: string, type: string, reason: string): HearthError =>
  invalid(
    'ResourceTypeUnavailable',
    `HEAT-E99001 Service ${service} is not available for resource type ${type}, reason: ${reason}`,
  )
export const resourceActionNotSupported = (action: string): HearthError =>
  invalid('ResourceActionNotSupported', `${action} is not supported for resource.`)

/** @param what the caller may not use; absent: this action. */
export const forbidden = (what = 'this action'): HearthError =>
  new HearthError('Forbidden', 403, `You are not authorized to use ${what}.`)
export const invalidSignalUrl = (): HearthError =>
  new HearthError(
    'Forbidden',
    403,
    'This URL of a signal is not valid: it is not as it was handed out, or the resource is gone or was replaced.',
  )

/** Heat answers 500 here, as to everything that it does not expect. */
export const softwareConfigInUse = (id: string): HearthError =>
  new HearthError(
    'InvalidRestrictedAction',
    500,
    `Software config with id ${id} can not be deleted as it is referenced.`,
  )

/** @param entity e.g. `Stack`, `Resource Type`, `Service`. */
export const entityNotFound = (entity: string, name: string): HearthError =>
  new HearthError('EntityNotFound', 404, `The ${entity} (${name}) could not be found.`)
export const resourceNotFound = (resource: string, stack: string): HearthError =>
  new HearthError('ResourceNotFound', 404, `The Resource (${resource}) could not be found in Stack ${stack}.`)
export const resourceNotAvailable = (resource: string): HearthError =>
  new HearthError('ResourceNotAvailable', 404, `The Resource (${resource}) is not available.`)
export const snapshotNotFound = (snapshot: string, stack: string): HearthError =>
  new HearthError('SnapshotNotFound', 404, `The Snapshot (${snapshot}) for Stack (${stack}) could not be found.`)
export const notFound = (message: string): HearthError => new HearthError('NotFound', 404, message)

export const stackExists = (name: string): HearthError =>
  new HearthError('StackExists', 409, `The Stack (${name}) already exists.`)
export const actionInProgress = (stack: string, action: string): HearthError =>
  new HearthError('ActionInProgress', 409, `Stack ${stack} already has an action (${action}) in progress.`)

/** The plugin that a stack needs is not loaded: nothing the user did. */
export const engineNotLoaded = (message: string): HearthError => new HearthError('EngineNotLoaded', 503, message)
export const serviceUnavailable = (message: string): HearthError =>
  new HearthError('HTTPServiceUnavailable', 503, message)
/** A 404 that HTTP itself answers, as Heat's API does for events. */
export const httpNotFound = (message: string): HearthError => new HearthError('HTTPNotFound', 404, message)
