import type { SchemaState } from '@hearth/db'

/** Why this version cannot work with a schema that is newer; undefined: it can. */
export const tooNew = ({ newerBreaking }: Pick<SchemaState, 'newerBreaking'>): string | undefined =>
  newerBreaking.length === 0
    ? undefined
    : `The database was brought to a newer schema that this version cannot work with (${newerBreaking.join(', ')}); install the newer version.`
