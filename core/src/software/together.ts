/** What is asked in one turn of the event loop is loaded by one call. */
export function together<Found>(
  load: (ids: readonly string[]) => Promise<ReadonlyMap<string, Found>>,
): (id: string) => Promise<Found | undefined> {
  let waiting: { readonly ids: Set<string>; readonly loaded: Promise<ReadonlyMap<string, Found>> } | undefined
  return async id => {
    if (waiting === undefined) {
      const ids = new Set<string>()
      const loaded = new Promise<void>(resolve => setImmediate(resolve)).then(() => {
        waiting = undefined
        return load([...ids])
      })
      waiting = { ids, loaded }
    }
    waiting.ids.add(id)
    return (await waiting.loaded).get(id)
  }
}
