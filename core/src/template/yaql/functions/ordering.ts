import { iterable, lambda, type Lambda, type Param } from '../parameters.js'
import { type Context, type FunctionSpec, methodOf } from '../registry.js'
import { Lazy, type Value } from '../values.js'

interface SortKey {
  readonly selector: Lambda
  readonly direction: 1 | -1
}

/** A collection in an order; sorted when it is gone through. */
class Ordered extends Lazy {
  constructor(
    readonly items: Iterable<Value>,
    readonly keys: readonly SortKey[],
    private readonly context: Context,
  ) {
    super(() => this.sorted())
  }

  private sorted(): Iterator<Value> {
    const rows = Array.from(this.items, item => ({ item, keys: this.keys.map(({ selector }) => selector(item)) }))
    rows.sort((a, b) => {
      for (const [index, { direction }] of this.keys.entries()) {
        const [left = null, right = null] = [a.keys[index], b.keys[index]]
        if (this.context.invoke('<', left, right) === true) return -direction
        if (this.context.invoke('>', left, right) === true) return direction
      }
      return 0
    })
    return rows.map(({ item }) => item)[Symbol.iterator]()
  }

  by(key: SortKey): Ordered {
    return new Ordered(this.items, [...this.keys, key], this.context)
  }
}

const ordered = (name: string): Param<Ordered> => ({
  name,
  takes: 'value',
  accepts: value => value instanceof Ordered,
  convert: value => value as Ordered,
})

const first = (name: string, direction: 1 | -1): FunctionSpec =>
  methodOf(
    name,
    [iterable('collection'), lambda('selector')],
    (context, items, selector) => new Ordered(items, [{ selector, direction }], context),
  )

const next = (name: string, direction: 1 | -1): FunctionSpec =>
  methodOf(name, [ordered('collection'), lambda('selector')], (_, items, selector) => items.by({ selector, direction }))

export const ordering: readonly FunctionSpec[] = [
  first('orderBy', 1),
  first('orderByDescending', -1),
  next('thenBy', 1),
  next('thenByDescending', -1),
]
