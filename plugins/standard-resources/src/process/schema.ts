import type { AttributeSchemas, PropertySchema, PropertySchemas } from '@hearth/core/plugin'

const program = (description: string, more: Partial<PropertySchema> = {}): PropertySchema => ({
  type: 'list',
  description,
  updateAllowed: true,
  schema: { '*': { type: 'string' } },
  ...more,
})

export const properties: PropertySchemas = {
  create: program(
    'What is run to make it: a program, as the operator lists it, and its arguments. No shell reads them.',
    { required: true },
  ),
  update: program(
    'What is run when create, environment, input, working_directory or triggers change, and when check fails at an update. Absent: that replaces.',
  ),
  delete: program('What is run to remove it, also after a create that failed. Absent: nothing is run.'),
  check: program(
    'What is run to look whether it is as it should be; it must change nothing. An update that compares with reality runs it too, for 10 s at most, and if it fails does what a change of triggers does.',
  ),
  environment: {
    type: 'map',
    description: 'Variables for the programs, as far as the operator lets resources set them.',
    default: {},
    secret: true,
    updateAllowed: true,
  },
  input: {
    type: 'string',
    description: 'What the programs read from standard input.',
    secret: true,
    updateAllowed: true,
  },
  working_directory: {
    type: 'string',
    description:
      "Where the programs are run: a path below the project's folder, as of Hearth::File::Directory. Absent: the root of the file system.",
    updateAllowed: true,
  },
  timeout: {
    type: 'number',
    description: 'Seconds after which a program is ended, with all that it has started.',
    default: 300,
    constraints: [{ range: { min: 0.1, max: 86_400 } }],
    updateAllowed: true,
  },
  success_codes: {
    type: 'list',
    description: 'Exit codes that mean success.',
    default: [0],
    schema: { '*': { type: 'integer', constraints: [{ range: { min: 0, max: 255 } }] } },
    updateAllowed: true,
  },
  triggers: {
    type: 'any',
    description: 'Anything; a change of it is heard of like one of create.',
    updateAllowed: true,
  },
  repeatable: {
    type: 'boolean',
    description:
      'Whether a program that changes something is run again if the daemon ended before it. Otherwise the resource fails then.',
    default: false,
    updateAllowed: true,
  },
}

export const attributes: AttributeSchemas = {
  exit_code: { type: 'integer', description: 'How the last create or update ended.' },
  stdout: { type: 'string', description: 'The last of what it wrote to standard output.' },
  stderr: { type: 'string', description: 'The last of what it wrote to standard error.' },
  json: { description: 'What standard output says, if it is JSON; else null.' },
}
