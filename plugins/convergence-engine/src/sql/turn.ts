/**
 * A turn is the moment, in milliseconds, at which a node may expect to be served. A stack pays `turnMs` for each of its
 * nodes: so one of three resources, posted while one of 10,000 runs, goes ahead of most of it; and the large one still
 * gets a node every `turnMs`, however many small ones follow. Nobody has to know what else is queued.
 */
export const turnMs = 100

/** SQL: the turn of whatever becomes ready now. */
export const turns = `(extract(epoch FROM hearth_now()) * 1000)::bigint`
