/** One commit at a time comes from the engine, and one more while that one is stuck. */
export const FOR_COMMITS = 2;

/** One step of housekeeping at a time; beside it whatever is not read on behalf of somebody. */
export const FOR_UPKEEP = 2;

/** One listens, the others take jobs and finish them. */
export const FOR_WORK = 3;

/** Unless told otherwise; so many again at a replica. */
export const FOR_QUERIES = 7;

/** What a node takes of a database in all. An export takes one more while it runs. */
export function connectionsOfNode(queries: number = FOR_QUERIES): number {
  return FOR_COMMITS + FOR_UPKEEP + FOR_WORK + queries;
}
