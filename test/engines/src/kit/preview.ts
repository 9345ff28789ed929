import { expect } from 'chai'
import type { Body, Stack } from './api.js'

export type Kind = 'unchanged' | 'updated' | 'replaced' | 'added' | 'deleted'
export interface Preview {
  readonly kind: Kind
  /** What it may be instead. */
  readonly may: readonly Kind[]
}

/** The lists of a preview, as they are answered. @param query of the URL */
export async function listed(
  stack: Stack,
  content: unknown,
  files: object = {},
  query = '',
): Promise<[Kind, Body[]][]> {
  const { status, body } = await stack.api.send('PUT', `${stack.path}/preview${query}`, { template: content, files })
  expect(status, JSON.stringify(body)).to.equal(200)
  const lists = Object.entries(body.resource_changes) as [Kind, Body[]][]
  expect(lists.map(([kind]) => kind)).to.have.members(['unchanged', 'updated', 'replaced', 'added', 'deleted'])
  return lists
}

/** By name. */
export async function preview(stack: Stack, content: unknown): Promise<Map<string, Preview>> {
  const lists = await listed(stack, content)
  return new Map(
    lists.flatMap(([kind, list]) => list.map(one => [one.resource_name, { kind, may: one.may_be ?? [] }] as const)),
  )
}

/** The same of the whole tree; of a stack that is replaced, the resources of both are listed. */
export async function previewAll(stack: Stack, content: unknown, files: object): Promise<Map<string, Preview>> {
  const all = new Map<string, Preview>()
  for (const [kind, list] of await listed(stack, content, files, '?show_nested=true')) {
    for (const one of list) {
      const path = `${one.parent_resource ?? ''}/${one.resource_name}`
      const other = all.get(path)
      expect([kind, other?.kind], path).not.to.deep.equal([kind, kind])
      all.set(path, {
        kind: other === undefined ? kind : 'replaced',
        may: [...(other?.may ?? []), ...(one.may_be ?? [])],
      })
    }
  }
  return all
}
