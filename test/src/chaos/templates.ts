import { anyTemplate, type Wanted } from '../simulation/templates.js'

export { anyTemplate, type Wanted }

/** What a resource depends on by name: of servers only, which the cloud can see. */
export function afterOf({ resources }: Wanted, name: string): string[] {
  const kinds = new Map(resources.map(resource => [resource.name, resource.kind]))
  const { dependsOn = [] } = resources.find(resource => resource.name === name) ?? {}
  return dependsOn.filter(one => kinds.get(one) === 'thing').sort()
}

/** A wanted state in the language of templates. */
export const templateOf = (wanted: Wanted) => ({
  heat_template_version: '2018-08-31',
  description: wanted.mark,
  resources: Object.fromEntries(
    wanted.resources.map(({ name, kind, value, fixed, polls, fail, needs, dependsOn }) => {
      const references = needs.map(one => ({ get_resource: one }))
      const after = afterOf(wanted, name)
      return [
        name,
        {
          ...(kind === 'thing'
            ? { type: 'Chaos::Cloud::Server', properties: { value, fixed, polls, fail, needs: references, after } }
            : { type: 'OS::Heat::Value', properties: { value: { list_join: ['+', [value, ...references]] } } }),
          depends_on: dependsOn,
        },
      ]
    }),
  ),
})
