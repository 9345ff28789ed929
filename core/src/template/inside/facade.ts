import type { MaybeUnknown } from '../../plugin/schema.js'

/** What a stack inside a resource is told of that resource, by the functions that ask for it. */
export interface Facade {
  readonly metadata: MaybeUnknown
  readonly deletion_policy: string
  readonly update_policy: MaybeUnknown
  /** Secrets have gone into that resource: so all of what is made of it inside is kept encrypted. */
  readonly secret?: true
}

/** What the functions may ask for. */
export type FacadePart = Exclude<keyof Facade, 'secret'>
