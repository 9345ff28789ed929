import type { Pieces } from '../pieces.js'
import type { DefineInput } from './define.js'
import type { StackDefinition } from './definition.js'
import type { Draft } from './draft.js'
import { doubtEnvironment } from './environment/environment-doubts.js'
import { checkChild } from './inside/child-checks.js'
import { doubtOutputs, type OutputDefinition } from './output-definition.js'
import { checkParameterGroups } from './parameters/groups.js'
import { sectionOf } from './reading/sections.js'
import { checkDuplicates, checkResources, type checksOf } from './resources/resource-checks.js'

type Statics = ReturnType<typeof checksOf>

/** The parameters and conditions, and the names and types of resources. */
export function checkDeclarations(draft: Draft): void {
  const { input, problems, version, parameters, conditions, kinds, resources } = draft
  const { sections } = version.words
  parameters.validate(problems, sections.parameters, input.nesting.around.length > 0 ? '' : 'environment.parameters')
  problems.attempt(sections.groups ?? '', () =>
    checkParameterGroups(
      sectionOf(input.template, sections.groups),
      new Set([...parameters.names, ...problems.broken]),
      problems.attempts,
    ),
  )
  conditions.checkTypes()
  for (const resource of resources.values()) {
    const check = (): void => kinds.check(resource, input.ignoreUnavailable ?? false)
    problems.attempt(resource.pathOf('type'), check, resource.name)
  }
  problems.attempt(sections.resources, () =>
    checkDuplicates(parameters.names, new Set(resources.keys()), sections.resources),
  )
}

/** The order of resources, what they are given, and the stacks inside of them. */
export function* checkMeaning(
  draft: Draft,
  definition: StackDefinition,
  statics: Statics,
  defining: (given: DefineInput) => Pieces<StackDefinition>,
): Pieces<void> {
  const { input, problems, version, parameters, kinds, resources } = draft
  const section = version.words.sections.resources
  const order = problems.attempt(section, () => definition.inOrder()) ?? [...resources.keys()]
  const secretTexts = (): string[] => parameters.secretTexts()
  const wrong = yield* checkResources(order, resources, kinds, statics, { ...input, secretTexts }, problems)
  for (const name of order) {
    if (problems.broken.has(name)) continue
    const inside = checkChild(definition, name, { ...input, problems, given: !wrong.has(name) }, defining)
    yield* problems.attemptIn(`${section}.${name}`, inside)
  }
}

/** The outputs, and, where all problems are looked for, what is allowed and probably not meant. */
export function* checkOutputs(
  draft: Draft,
  outputs: ReadonlyMap<string, OutputDefinition>,
  statics: Statics,
): Pieces<void> {
  const { input, problems, environment, schemas, snippets, around } = draft
  for (const output of outputs.values()) {
    problems.attempt(output.path, () => output.check(statics))
    yield
  }
  if (!problems.gathering) return
  const { template, files, types, nesting } = input
  const { language, room } = around
  if (nesting.around.length === 0) {
    const limits = { formats: language.formats }
    const names = { parameters: schemas.keys(), resources: snippets.keys() }
    doubtEnvironment({ environment, template, files, types, limits, ...names }, (path, message) =>
      problems.doubt(path, message),
    )
  }
  yield* doubtOutputs(outputs.values(), { room, language, problems })
}
