import type { NamedStack } from '../../plugin/template-format.js'

/** A stack's name for programs made for AWS. Before the stack is stored its id reads `None`. */
export const arnOf = ({ id, name, project }: NamedStack): string =>
  `arn:openstack:heat::${project}:stacks/${name}/${id ?? 'None'}`
