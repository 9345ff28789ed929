/**
 * `arn:openstack:heat::<project>:stacks/<name>/<id>`, then the path of what is meant inside the stack, if that is not
 * all of it.
 */
const form = /^arn:openstack:heat::([^:/]+):stacks\/([^/]+)\/([^/]+)((?:\/[^/]+)*)$/

/** What an ARN names (heat/common/identifier.py, HeatIdentifier). */
export interface Arn {
  readonly project: string
  readonly name: string
  readonly id: string
  /** Below the stack: `resources`, `web`. */
  readonly inside: readonly string[]
}

/** Undefined: it is none. Pure. */
export function readArn(text: string): Arn | undefined {
  const [, project, name, id, rest] = form.exec(text) ?? []
  if (project === undefined || name === undefined || id === undefined || rest === undefined) return undefined
  return { project, name, id, inside: rest.split('/').slice(1) }
}
