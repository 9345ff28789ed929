/** Fails the resource with a reason that the user reads: `<type>: resources.<name>: <message>`. */
export class ResourceFailure extends Error {
  private static readonly brand = Symbol.for('hearth.ResourceFailure')
  /** @param type the exception name that Heat's clients know, e.g. `ValueError`. */
  constructor(
    message: string,
    readonly type = 'ResourceFailure',
    /** Where inside of the resource it failed, e.g. `resources.web`. */
    readonly path?: string,
  ) {
    super(message)
    Object.defineProperty(this, ResourceFailure.brand, { value: true })
  }
  static is(error: unknown): error is ResourceFailure {
    return typeof error === 'object' && error !== null && ResourceFailure.brand in error
  }
}

/**
 * Refuses the value of a property, in `validate` or in a step. The user reads where in the template it stands:
 * `Property error: resources.<name>.properties.<property>: <why>`; as a reason of the resource, Heat's
 * `StackValidationFailed: resources.<name>: Property error: Properties.<property>: <why>`.
 */
export class PropertyFailure extends ResourceFailure {
  private static readonly propertyBrand = Symbol.for('hearth.PropertyFailure')
  /**
   * @param property its name, with the path into it: `create.url`, `names[0]`.
   * @param why what is wrong, and what is allowed; nothing that the property may hold as a secret.
   */
  constructor(
    readonly property: string,
    readonly why: string,
  ) {
    super(`Property error: Properties.${property}: ${why}`, 'StackValidationFailed')
    Object.defineProperty(this, PropertyFailure.propertyBrand, { value: true })
  }
  static override is(error: unknown): error is PropertyFailure {
    return typeof error === 'object' && error !== null && PropertyFailure.propertyBrand in error
  }
}

/** In `read`: the resource has no attribute of this name. Whoever asks for it is told so, as of one that the schema lacks. */
export class NoSuchAttribute extends ResourceFailure {
  private static readonly attributeBrand = Symbol.for('hearth.NoSuchAttribute')
  constructor() {
    super('there is no such attribute', 'InvalidTemplateAttribute')
    Object.defineProperty(this, NoSuchAttribute.attributeBrand, { value: true })
  }
  static override is(error: unknown): error is NoSuchAttribute {
    return typeof error === 'object' && error !== null && NoSuchAttribute.attributeBrand in error
  }
}
