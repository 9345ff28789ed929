import type { Request } from '@hapi/hapi'

/** A path in which an ARN stands for a stack, its slashes escaped: it is one segment then, as a name is. Pure. */
export function withOneSegment(path: string): string {
  const [, before, arn] = /^(\/[^/]+\/[^/]+\/stacks\/)(arn(?::|%3A).*[^/])\/*$/i.exec(path) ?? []
  if (before === undefined || arn === undefined) return path
  try {
    return before + encodeURIComponent(decodeURIComponent(arn))
  } catch {
    // Not well encoded: the router says so.
    return path
  }
}

/** Where a stack is named by its ARN, whose slashes need not be escaped (heat/api/openstack/v1/__init__.py, stack_lookup). */
export function takeArn(request: Request): void {
  const { pathname, search } = request.url
  const path = withOneSegment(pathname)
  if (path !== pathname) request.setUrl(`${path}${search}`)
}
