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
