import type { NoteRecord } from "@tidings/core/protocol";

/**
 * Notes whose time comes (`dueOf`): what people want sent, or to be reminded of. They stand in the store until they are
 * done, so nothing is forgotten whatever ends meanwhile, and how somebody is woken for one need not be kept exactly.
 */
export interface Plans {
  /**
   * Those due up to `until` (server time, ms), the longest overdue first; a bounded number of them.
   *
   * @param past - so many of the longest overdue are left out. Default 0.
   */
  due(until: number, past?: number): Promise<readonly NoteRecord[]>;
  /** When the first of those due later than `after` is due, if there is any. */
  next(after: number): Promise<number | undefined>;
  /**
   * Has `carryOut` called when something is due, on one of the nodes that have asked for it, until it resolves. Absent:
   * a node has to look by itself.
   *
   * @returns what stops it, once those under way are done.
   */
  readonly work?:
    ((carryOut: (note: NoteRecord) => Promise<void>) => Promise<() => Promise<void>>) | undefined;
}

/** Notes given in one call. */
export const DUE_AT_ONCE = 100;
