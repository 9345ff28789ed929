import type { AttributeSchemas, PropertySchema, PropertySchemas } from '@hearth/core/plugin'

/** Steps of one request that failed in passing, and how long is waited between them at most, in seconds. */
const mostRetries = 10

/** JSONPaths that one property may have: each is asked of each answer. */
const mostPaths = 50

const path = (description: string): PropertySchema => ({ type: 'string', description })

const condition = (description: string, more: PropertySchemas = {}): PropertySchema => ({
  type: 'map',
  description,
  schema: {
    path: { type: 'string', required: true, description: 'A JSONPath (RFC 9535) into the answer.' },
    values: {
      type: 'list',
      description: 'What it has to find one of. Absent: it has to find something that is not null or false.',
    },
    ...more,
  },
})

const waiting = (seconds: number): PropertySchemas => ({
  interval: {
    type: 'number',
    description: 'Seconds between two looks.',
    default: 5,
    constraints: [{ range: { min: 0.1, max: 3600 } }],
  },
  timeout: {
    type: 'number',
    description: 'Seconds after which it is a failure.',
    default: seconds,
    constraints: [{ range: { min: 1 } }],
  },
})

const request = (
  description: string,
  { method, url }: { method: string; url?: string },
  more: Partial<PropertySchema> = {},
): PropertySchema => ({
  type: 'map',
  description,
  updateAllowed: true,
  ...more,
  schema: {
    method: {
      type: 'string',
      default: method,
      constraints: [{ allowed_values: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] }],
    },
    url: {
      type: 'string',
      description: 'http or https, without a user in it. Placeholders in it are written as parts of a URL.',
      secret: true,
      ...(url === undefined ? { required: true } : { default: url }),
    },
    headers: { type: 'map', description: 'More headers, besides those of all requests.', secret: true },
    body: {
      type: 'any',
      description: 'A text is sent as it is; everything else as JSON, with a content-type that says so.',
      secret: true,
    },
    statuses: {
      type: 'list',
      description: 'Statuses of the answer that mean success. Absent: 200 to 299.',
      schema: { '*': { type: 'integer', constraints: [{ range: { min: 100, max: 599 } }] } },
    },
    success: condition('What the answer has to say besides.'),
  },
})

export const properties: PropertySchemas = {
  create: request(
    'The request that makes the object. In its texts {{name}} stands for a name that no other object of Hearth has, {{key}} for the idempotency key.',
    { method: 'POST' },
    { required: true },
  ),
  read: request(
    'The request that shows the object. Without it nobody looks at the object. In this and the following requests {{url}} stands for the URL of the object, {{id}} for its id.',
    { method: 'GET', url: '{{url}}' },
  ),
  update: request(
    'The request that changes the object. Absent: the one that makes it, if that is a PUT; else a change of what makes it replaces it.',
    { method: 'PUT', url: '{{url}}' },
  ),
  delete: request(
    'The request that removes the object. Absent: it is left. That it is not there any more, 404 or 410, is fine.',
    { method: 'DELETE', url: '{{url}}' },
  ),
  id: { ...path('A JSONPath to the id of the object in the answer to create.'), default: '$.id', updateAllowed: true },
  values: {
    type: 'map',
    description: `Names of values, ${mostPaths} at most, each with a JSONPath into the answer to the last request; the attribute values has them.`,
    default: {},
    constraints: [{ length: { max: mostPaths } }],
    updateAllowed: true,
  },
  ready: {
    ...condition('What read has to show before a create or update has ended. It is looked at again and again.', {
      failed: { type: 'list', description: 'What the path may find if it will never be.', default: [] },
      ...waiting(600),
    }),
    updateAllowed: true,
  },
  gone: {
    type: 'map',
    description: 'After a delete, read is sent again and again until it answers 404 or 410. Absent: it is not waited.',
    schema: waiting(600),
    updateAllowed: true,
  },
  expect: {
    type: 'map',
    description: `What read shows as long as nobody else has changed the object: JSONPaths, ${mostPaths} at most, each with the value that it finds. The end of a create or update looks at it, after ready, and so do a check, and an update that compares with reality.`,
    default: {},
    constraints: [{ length: { max: mostPaths } }],
    updateAllowed: true,
  },
  headers: { type: 'map', description: 'Headers of all requests.', default: {}, secret: true, updateAllowed: true },
  query: {
    type: 'map',
    description:
      'Parameters that the query of all requests has besides, such as the key of an API. They are no part of the URL of the object.',
    default: {},
    secret: true,
    updateAllowed: true,
  },
  auth: {
    type: 'map',
    description: 'What all requests are authorized by: a bearer token, or user and password (basic).',
    updateAllowed: true,
    schema: {
      bearer: { type: 'string', secret: true },
      username: { type: 'string' },
      password: { type: 'string', secret: true },
    },
  },
  idempotency_header: {
    type: 'string',
    description:
      'The header by which requests that change something say which they are: one that is sent again, after a failure or a crash, has the same value.',
    default: 'Idempotency-Key',
    constraints: [
      { allowed_pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$", description: 'expected the name of a header' },
    ],
    updateAllowed: true,
  },
  request_timeout: {
    type: 'number',
    description: 'Seconds that one request may take, no more than the operator gives.',
    default: 30,
    constraints: [{ range: { min: 0.1, max: 600 } }],
    updateAllowed: true,
  },
  retries: {
    type: 'integer',
    description: 'How often a request is sent again that nobody answers, or with 408, 425, 429, 500, 502, 503 or 504.',
    default: 4,
    constraints: [{ range: { min: 0, max: mostRetries } }],
    updateAllowed: true,
  },
  retry_delay: {
    type: 'number',
    description:
      'Seconds before it is sent again the first time; twice as long each time after, or as Retry-After says.',
    default: 1,
    constraints: [{ range: { min: 0.05, max: 300 } }],
    updateAllowed: true,
  },
}

export const attributes: AttributeSchemas = {
  url: { type: 'string', description: 'The URL of the object.' },
  id: { description: 'The id of the object.' },
  status: { type: 'integer', description: 'The status of the last answer about it.' },
  body: { description: 'That answer: what its JSON says, or its text.' },
  values: { type: 'map', description: 'What values asks for.' },
}
