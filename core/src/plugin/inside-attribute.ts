/** What an attribute of a resource with a stack inside asks of one of the resources in there. */
export interface InsideAttribute {
  readonly member: string
  /** Undefined: what get_resource gives for it. */
  readonly name?: string
}

/** Of `resource.<member>` and `resource.<member>.<name>`, as Heat has them (heat/common/grouputils.py). Pure. */
export function insideAttribute(attribute: string): InsideAttribute | undefined {
  const [, member, name] = /^resource\.([^.]+)(?:\.(.+))?$/.exec(attribute) ?? []
  if (member === undefined) return undefined
  return name === undefined ? { member } : { member, name }
}

/** Whether a resource inside of one inside is asked for: only that one's stack knows what it has. */
export const goesDeeper = (asked: readonly unknown[]): boolean =>
  asked.some(step => typeof step === 'string' && insideAttribute(step) !== undefined)
