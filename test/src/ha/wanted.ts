import type { Wanted, WantedResource } from '../model/templates.js'

const layers = 8
/** Every so many resources is one without anything in the cloud. */
const valuesEvery = 5

/** A stack that takes some seconds to create: layers of servers, each on one or two of the layer below. */
export function layered(count: number, mark: string): Wanted {
  const width = Math.ceil(count / layers)
  const nameOf = (index: number): string => `r${String(index).padStart(4, '0')}`
  const isValue = (index: number): boolean => index % valuesEvery === 0
  const resources = Array.from({ length: count }, (_, index): WantedResource => {
    const below = index < width ? [] : [index - width, index - width + 1]
    return {
      name: nameOf(index),
      kind: isValue(index) ? 'value' : 'thing',
      value: `v${index}`,
      fixed: '',
      polls: 0,
      fail: false,
      kept: false,
      // A server stands on servers only.
      needs: below.filter(one => isValue(index) || !isValue(one)).map(nameOf),
      dependsOn: [],
    }
  })
  return { mark, resources }
}
