import { DatabaseError, type Pool } from "pg";
import type { Membership } from "../store.ts";
import { readEach } from "./queries/reader.ts";
import { membershipOf, membershipsOf } from "./queries/summaries.ts";

interface Arrival {
  readonly userId: string;
  readonly resolve: (memberships: readonly Membership[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Read together, so many at most: one transaction stays short. */
const MOST_TOGETHER = 64;
/** The other connections are for queries, which those who have arrived ask next. */
const TRANSACTIONS = 2;

/**
 * Reads the conversations of users who arrive. Alone, one is read at once; those who come together, as all do after a
 * node has ended, share transactions.
 */
export class Arrivals {
  readonly #pool: Pool;
  #waiting: Arrival[] = [];
  #running = 0;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  read(userId: string): Promise<readonly Membership[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ userId, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#running >= TRANSACTIONS || this.#waiting.length === 0) return;
    this.#running += 1;
    void this.#take(this.#waiting.splice(0, MOST_TOGETHER)).then(() => {
      this.#running -= 1;
      this.#next();
    });
  }

  async #take(together: readonly Arrival[]): Promise<void> {
    try {
      const userIds = together.map(({ userId }) => userId);
      const found = await readEach(this.#pool, userIds, membershipsOf);
      for (const [index, { resolve }] of together.entries()) resolve((found[index] ?? []).map(membershipOf));
    } catch (error) {
      if (!isRefused(error)) return this.#giveUp(together, error);
      if (together.length > 1) for (const each of together) await this.#take([each]);
      else for (const { reject } of together) reject(error);
    }
  }

  /** The database is away, or too slow: for those too who wait. They may come again. */
  #giveUp(together: readonly Arrival[], error: unknown): void {
    for (const { reject } of [...together, ...this.#waiting.splice(0)]) reject(error);
  }
}

/** A value the database does not take: one user's, and no fault of the others. SQLSTATE class 22. */
function isRefused(error: unknown): boolean {
  return error instanceof DatabaseError && error.code?.startsWith("22") === true;
}
