import { type MaybeUnknown, PropertyFailure } from '@hearth/core/plugin'

/** Values of a property that need another service, by the service. */
export interface NeedingServices {
  readonly property: string
  readonly services: Readonly<Record<string, string>>
  /** What to use instead. */
  readonly instead: string
}

/** For `validate`: refuses values that need a service. @throws PropertyFailure naming the service. */
export const refusing =
  ({ property, services, instead }: NeedingServices) =>
  (properties: Readonly<Record<string, MaybeUnknown>>): void => {
    const given = properties[property]
    if (typeof given !== 'string' || !Object.hasOwn(services, given)) return
    throw new PropertyFailure(
      property,
      `${given} needs the service ${services[given]}, and there is none here; use ${instead}`,
    )
  }

/** For `validate`: refuses a property that means something only with a service. @throws PropertyFailure naming the service. */
export const refusingProperty =
  ({ property, service, instead }: { readonly property: string; readonly service: string; readonly instead: string }) =>
  ({ [property]: given }: Readonly<Record<string, MaybeUnknown>>): void => {
    if (given === undefined || given === null || given === '' || (Array.isArray(given) && given.length === 0)) return
    throw new PropertyFailure(property, `it needs the service ${service}, and there is none here; ${instead}`)
  }
