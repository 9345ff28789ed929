import * as errors from '../../errors.js'
import type { JsonMap } from '../../plugin/json.js'
import type { StackDefinition } from '../definition.js'
import { describeParameter } from '../describe-parameter.js'
import { sizeOf } from '../reading/limits.js'
import { put } from '../values/maps.js'

/** Characters that all of it may have: one small file may be inside many times, with large values each time. */
const mostCharacters = 4 * 1024 * 1024

/**
 * What `POST /validate` tells of the stacks inside of a stack, by the names of their resources. It is told while they are
 * checked, so that their definitions need not be kept until the end.
 */
export class NestedParameters {
  private readonly found: JsonMap = {}

  /** @param left characters that there is room for, of the whole tree. */
  constructor(private readonly left = { characters: mostCharacters }) {}

  /** For the stacks inside of one that is `add`ed once they are known. */
  inside(): NestedParameters {
    return new NestedParameters(this.left)
  }

  /**
   * @param type of the resource, as its template has it. @param nested what `inside` has gathered.
   * @throws HearthError RequestLimitExceeded
   */
  add(resource: string, type: string, definition: StackDefinition, nested: NestedParameters): void {
    const own = { Type: type, ...describeStack(definition) }
    this.left.characters -= sizeOf(own) + resource.length
    if (this.left.characters < 0) {
      throw errors.requestLimitExceeded(
        `What show_nested tells of the stacks inside has more than ${mostCharacters} characters.`,
      )
    }
    put(this.found, resource, { ...own, ...nested.section })
  }

  /** As a part of the answer, which has no such key if there is no stack inside. */
  get section(): JsonMap {
    return Object.keys(this.found).length === 0 ? {} : { NestedParameters: this.found }
  }
}

/** What a stack is and takes (heat/engine/service.py, validate_template; heat/engine/stack.py, get_nested_parameters). */
export function describeStack(definition: StackDefinition): JsonMap {
  const { description, parameters, parameterGroups } = definition
  const described: JsonMap = {}
  for (const schema of parameters.schemas.values()) {
    put(described, schema.name, describeParameter(schema, parameters))
  }
  return {
    Description: description,
    Parameters: described,
    ...(parameterGroups.length > 0 ? { ParameterGroups: [...parameterGroups] } : {}),
  }
}
