type Resources = Record<string, object>
const template = (resources: Resources): object => ({ heat_template_version: '2018-08-31', resources })
const random = { type: 'OS::Heat::RandomString' }

/** Resources that do not know each other. */
export const wide = (count: number): object =>
  template(Object.fromEntries(Array.from({ length: count }, (_, index) => [`r${index}`, random])))

/** Each resource reads the one before. */
export const chain = (count: number): object =>
  template(
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `r${index}`,
        index === 0
          ? random
          : { type: 'OS::Heat::Value', properties: { value: { get_attr: [`r${index - 1}`, 'value'] } } },
      ]),
    ),
  )

/** One resource that all others read. */
export const row = (count: number): object =>
  template({
    first: random,
    ...Object.fromEntries(
      Array.from({ length: count - 1 }, (_, index) => [
        `r${index}`,
        { type: 'OS::Heat::Value', properties: { value: { get_attr: ['first', 'value'] } } },
      ]),
    ),
  })

/** Layers: each resource waits for four of the layer before, and reads one of them. */
export const diamond = (layers: number, width: number): object =>
  template(
    Object.fromEntries(
      Array.from({ length: layers * width }, (_, index) => {
        const layer = Math.floor(index / width)
        const before = [0, 7, 14, 21].map(step => `r${(layer - 1) * width + ((index + step) % width)}`)
        const [first, ...others] = before
        return [
          `r${index}`,
          layer === 0
            ? random
            : { type: 'OS::Heat::Value', properties: { value: { get_attr: [first, 'value'] } }, depends_on: others },
        ]
      }),
    ),
  )

/** Resources that wait for so many seconds, holding nothing. */
export const waiting = (count: number, seconds: number): object =>
  template(
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `r${index}`,
        { type: 'OS::Heat::Delay', properties: { min_wait: seconds } },
      ]),
    ),
  )

/** As `wide`, with one resource that may change in place: its value is the mark. */
export const wideWith = (count: number, mark: string): object => {
  const { resources, ...rest } = wide(count - 1) as { resources: Resources }
  return { ...rest, resources: { ...resources, marked: { type: 'OS::Heat::Value', properties: { value: mark } } } }
}
