/**
 * The template language: text, environment and files become a `StackDefinition`. Everything is pure: no I/O, no clock,
 * no rows, nothing of an engine. Start at `define.ts` for the order of the checks, then `expression.ts` and `functions/`.
 */
export { define, defining } from './define.js'
export {
  aroundIn,
  checkImmutable,
  type DefinitionContent,
  emptiedTemplate,
  emptyTemplate,
  StackDefinition,
} from './definition.js'
export { validating, type Warning } from './describe.js'
export {
  checkEnvironment,
  emptyEnvironment,
  type Environment,
  environmentOf,
  overlayEnvironment,
  parseEnvironmentText,
} from './environment/environment.js'
export { checked, type Checking } from './checked.js'
export { type Nesting, within } from './inside/child.js'
export { insideOf } from './inside/child-checks.js'
export type { Facade } from './inside/facade.js'
export { templateResource } from './inside/template-type.js'
export { plainNumbers } from './values/float.js'
export { type ReadJson, readJson, writeJson } from './reading/json.js'
export { follow, type Scope, type Secrecy, unknownScope, watchedScope } from './expression.js'
export { templateFunctions } from './functions/index.js'
export type { Language } from './language.js'
export { isSmaller, sizeOf } from './reading/limits.js'
export { mergeEnvironments } from './environment/merge-environments.js'
export type { OutputDefinition, ResolvedOutput } from './output-definition.js'
export { maskHidden } from './parameters/parameters.js'
export { acceptTemplate, parseDocument, type ParseLimits, parseTemplateText } from './reading/parse.js'
export { placesIn, repeatedKeys, withoutLastStep } from './reading/place.js'
export type { ResourceDefinition } from './resources/resource-definition.js'
export {
  type HookPoint,
  hookPoints,
  isTemplateFile,
  type RestrictedAction,
} from './environment/resource-registry.js'
export { Formats, ownFormats, ownVersion, plainFormats } from './formats/index.js'
