import type { Request, ResponseObject, ResponseToolkit } from '@hapi/hapi'

/** Without a version in the path, the Accept header may name one. */
export function chooseVersion(request: Request): void {
  const { pathname, search } = request.url
  if (/^\/(v\d|versions|healthcheck|metrics|$)/.test(pathname)) return
  if (/application\/vnd\.openstack\.orchestration-v1(\.0)?\b/.test(request.raw.req.headers.accept ?? '')) {
    request.setUrl(`/v1${pathname}${search}`)
  }
}

/** Whether a path names a version that there is, or none at all. */
export const isKnownVersion = (version: string | undefined): boolean =>
  version === undefined || /^v1(\.0)?$/.test(version)

/** The versions that there are: 300, as Heat answers. */
export function discover(request: Request, h: ResponseToolkit): ResponseObject {
  const href = `${request.url.protocol}//${request.info.host || request.url.host}/v1/`
  return h.response({ versions: [{ id: 'v1.0', status: 'CURRENT', links: [{ rel: 'self', href }] }] }).code(300)
}
