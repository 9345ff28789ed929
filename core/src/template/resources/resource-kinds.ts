import * as errors from '../../errors.js'
import type { ChildTemplate } from '../../plugin/children.js'
import type { JsonMap } from '../../plugin/json.js'
import type { ResourceType } from '../../plugin/resource-type.js'
import type { UnavailableType } from '../../plugin/unavailable-type.js'
import type { TypeRegistry } from '../../resource/types.js'
import { contentOf } from '../inside/child.js'
import type { Environment } from '../environment/environment.js'
import type { Formats, Version } from '../formats/index.js'
import { own } from '../values/maps.js'
import { type ParseLimits, parseTemplateText } from '../reading/parse.js'
import type { ResourcesInside } from '../inside/missing-inside.js'
import type { ResourceRegistry } from '../environment/resource-registry.js'
import { placedIn } from '../problems.js'
import { didYouMean, suggestion } from '../values/suggest.js'
import { checkStandIn } from '../inside/stand-in.js'
import { templateResource, type TemplateType, templateType } from '../inside/template-type.js'

function meantBy(type: string, known: readonly string[]): string {
  const meant = suggestion(type, known)
  return meant === undefined ? '' : ` Did you mean ${meant}?`
}

interface Kind {
  readonly type: ResourceType | undefined
  /** Names that the environment leads to, none of which is a type. */
  readonly tried?: readonly string[]
  /** What the environment makes of it, if that is known not to be there. */
  readonly absent?: UnavailableType | undefined
  /** It is a template file. */
  readonly template?: TemplateType
  /** The registry's entry that led to that. */
  readonly entry?: string
}

/** Which implementation each resource of one definition has. */
export class ResourceKinds {
  private readonly known = new Map<string, Kind>()
  private readonly templates = new Map<string, TemplateType>()

  constructor(
    private readonly registry: ResourceRegistry,
    private readonly types: TypeRegistry,
    private readonly files: Readonly<Record<string, string>>,
    private readonly environment: Pick<Environment, 'parameter_defaults'>,
    /** How files are read that are templates. */
    readonly reading: ParseLimits & { readonly formats: Formats },
    /** Where the type of a resource stands in the template. */
    private readonly typeAt: (resource: string) => string,
  ) {}

  /** Undefined: no plugin brings the type, and the environment gives it no meaning. @throws HearthError */
  of(resource: { readonly name: string; readonly type: string }): ResourceType | undefined {
    return this.kind(resource).type
  }

  /**
   * What a type means inside of a resource, and the resources that it has as a template. Undefined: nothing, or what the
   * environment says of resources by their names may make something else of it.
   */
  ofInside(type: string): { readonly type: ResourceType; readonly resources?: ResourcesInside } | undefined {
    if (this.registry.namesResources) return undefined
    const { type: found, template } = this.find('', type)
    return found && { type: found, ...(template === undefined ? {} : { resources: template.resources }) }
  }

  entryOf(resource: { readonly name: string; readonly type: string }): string | undefined {
    return this.kind(resource).entry
  }

  /** The template that a resource is, if it is one. @throws HearthError */
  templateIn(resource: { readonly name: string; readonly type: string }): TemplateType | undefined {
    return this.kind(resource).template
  }

  /** @throws HearthError for a template in the place of a type that it cannot stand in for. */
  checkStandIn(resource: { readonly name: string; readonly type: string }): void {
    const { template } = this.kind(resource)
    if (template === undefined) return
    const facade = this.types.find(resource.type) ?? this.fileOfAll(resource)
    if (facade !== undefined && facade !== template) checkStandIn({ ...facade, name: resource.type }, template)
  }

  /** The template that the environment has for a type, whichever resource is of it; this one may have another one. */
  private fileOfAll({ name, type }: { readonly name: string; readonly type: string }): TemplateType | undefined {
    if (!this.registry.namesResources) return undefined
    const meaning = this.registry.meaningOf(type, '', known => this.isType(known))
    return meaning.kind === 'template' ? this.templateOf(meaning.file, name) : undefined
  }

  /**
   * @param ignoring a type whose service is not there is no error.
   * @throws HearthError StackValidationFailed `The Resource Type (…) could not be found.`, ResourceTypeUnavailable
   */
  check(resource: { readonly name: string; readonly type: string }, ignoring = false): void {
    const { type: found, absent, tried = [] } = this.kind(resource)
    if (found !== undefined || (absent !== undefined && ignoring)) return
    if (absent !== undefined) throw errors.resourceTypeUnavailable(absent.service, absent.name, absent.reason)
    const { type } = resource
    const known = [...this.types.names(), ...this.registry.names(), ...this.types.absentNames()]
    const led = tried.map(name => ` The environment leads to ${name}, which is no type either.${meantBy(name, known)}`)
    const hint = led.length > 0 ? led.join('') : meantBy(type, known)
    throw errors.stackValidationFailed({ message: `The Resource Type (${type}) could not be found.${hint}` })
  }

  /** What a template inside of a resource says. @throws HearthError for one that cannot be read, or is of no version. */
  readInside({ template }: ChildTemplate): { readonly content: JsonMap; readonly version: Version } {
    const content = contentOf(template, this.files, this.reading)
    return { content, version: this.reading.formats.versionOf(content) }
  }

  private kind({ name, type }: { readonly name: string; readonly type: string }): Kind {
    let kind = this.known.get(name)
    if (kind === undefined) {
      kind = this.find(name, type)
      this.known.set(name, kind)
    }
    return kind
  }

  private find(name: string, type: string): Kind {
    const meaning = this.registry.meaningOf(type, name, known => this.isType(known))
    if (meaning.kind === 'nothing') return { type: undefined, tried: meaning.tried }
    if (meaning.kind === 'type') return { type: this.types.find(meaning.name), absent: this.types.absent(meaning.name) }
    const { file, entry } = meaning
    const template = this.templateOf(file, name)
    return { type: template, template, ...(entry === undefined ? {} : { entry }) }
  }

  private isType(name: string): boolean {
    return (
      name !== templateResource.name && (this.types.find(name) !== undefined || this.types.absent(name) !== undefined)
    )
  }

  private templateOf(file: string, resource: string): TemplateType {
    const known = this.templates.get(file)
    if (known !== undefined) return known
    const text = this.read(file, resource)
    const made = placedIn(file, () => {
      const template = parseTemplateText(text, { ...this.reading, file })
      return templateType(file, template, this.reading.formats.versionOf(template), this.environment.parameter_defaults)
    })
    this.templates.set(file, made)
    return made
  }

  private read(file: string, resource: string): string {
    const text = own(this.files, file)
    if (text !== undefined) return text
    throw errors.stackValidationFailed({
      path: this.typeAt(resource),
      message: `Could not fetch remote template "${file}": it is not among the files of the request${didYouMean(file, Object.keys(this.files))}`,
    })
  }
}
