import { HearthError } from '../errors.js'
import type { JsonMap, ResourceType } from '../plugin/index.js'
import { ResourceFailure, Unknown } from '../plugin/index.js'
import { checkStorable } from '../resource/properties/storable.js'
import { checkByType } from '../resource/properties/type-checks.js'
import { typeRegistry } from '../resource/types.js'
import { resolveWanted } from '../resource/wanted.js'
import { validateTemplate } from '../template/describe.js'
import { define } from '../template/define.js'
import { aroundIn, insideOf, type StackDefinition, unknownScope } from '../template/index.js'

export interface JudgedRequest {
  readonly template: JsonMap
  readonly environment: JsonMap
  readonly files: Readonly<Record<string, string>>
}

/** Why each refuses a request; undefined: it takes it. */
export interface Verdicts {
  readonly validate: string | undefined
  /** A create, and then the steps of it, those of the stacks inside too, as far as nothing outside has a say. */
  readonly create: string | undefined
}

const stack = { id: null, name: 'judged', project: 'p' }
const timeoutSeconds = 3600

/** Judges requests in this process, without a database or an engine. */
export function judgeBy(types: readonly ResourceType[]): (request: JudgedRequest) => Verdicts {
  const registry = typeRegistry(types)
  return ({ template, environment, files }) => {
    const input = { template, environment, files, types: registry, stack, timeoutSeconds }
    return {
      validate: refusal(() => validateTemplate(input)),
      create: refusal(() => carryOut(define(input), define, input)),
    }
  }
}

type Input = Parameters<typeof define>[0]

/** What the steps of a create check again, of the stacks inside as well. */
function carryOut(definition: StackDefinition, make: typeof define, input: Input, depth = 0): void {
  for (const name of definition.inOrder()) {
    const resource = definition.resources.get(name)
    const type = definition.typeOf(name)
    if (resource === undefined || type === undefined) continue
    const { properties, metadata, facade } = resolveWanted(resource, type, unknownScope, 'Properties')
    checkStorable('properties', properties)
    checkStorable('metadata', metadata)
    if (resource.externalId !== null) continue
    checkByType(type, { ...properties }, { name, timeoutSeconds })
    // Some of its values are not known before there are resources beside it.
    if (type.children === undefined || Object.values(properties).some(Unknown.within)) continue
    const template = insideOf(definition, resource, properties, { attributes: {}, data: {} })?.template
    if (template === undefined || depth > deepest) continue
    const content = definition.contentOf(name, template, facade, largest)
    const inner: Input = {
      ...input,
      template: content.content,
      environment: content.environment,
      files: content.files,
      ...aroundIn(content),
      unknown: content.unknown,
    }
    carryOut(make(inner), make, inner, depth + 1)
  }
}

/** Stacks inside each other, and characters of a template inside. */
const [deepest, largest] = [3, 524_288]

function refusal(work: () => unknown): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (HearthError.is(error) || ResourceFailure.is(error)) return error.message
    throw error
  }
}
