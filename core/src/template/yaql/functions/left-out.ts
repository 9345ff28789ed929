const changes =
  'an expression gives the same each time that it is asked: when it is validated, previewed and carried out'
const delegates = 'functions are no values here, as in Heat; give the expression itself, or name it by def()'

/** Functions of YAQL that are not here, each with the reason. */
export const leftOut: ReadonlyMap<string, string> = new Map([
  ['now', changes],
  ['random', changes],
  ['localtz', `${changes}, on whichever machine`],
  ['lambda', delegates],
])
