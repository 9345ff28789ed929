/** A step that was under way when its worker died, this often, is taken for what killed it: its resource is given up. */
export const mostDeaths = 3

/** A step that has died with its workers this often is to run alone: if another dies, nothing else is to blame. */
export const suspectDeaths = mostDeaths - 1

/** What the user reads of it. */
export const deadlyReason = `The worker died ${mostDeaths} times while it was at work on this resource`
