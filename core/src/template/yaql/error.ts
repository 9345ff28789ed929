/** What is wrong with an expression, or with what it asks for. Nothing else comes out of parsing and evaluating. */
export class YaqlError extends Error {}

/** A list has no such place. */
export class OutOfRange extends YaqlError {}

/** No function of the name takes these arguments. */
export class NoMatch extends YaqlError {}
