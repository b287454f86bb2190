import { type RawBuilder, sql } from "kysely";
import type { Pool } from "pg";
import { run } from "./session.ts";
import { prepare } from "./statement.ts";

/** About half a megabyte of new words: searches look through the list as it is. */
const COMMANDS = 500;

/**
 * New words lie in a list until they are sorted into the index (PostgreSQL manual, "GIN Fast Update Technique"). Left to
 * itself PostgreSQL sorts them in the commit that finds the list too long, and everybody behind it waits. So each node
 * asks for it from time to time, beside its commits; only where nobody does, the list grows up to this.
 */
export const pendingWordsSchema: RawBuilder<unknown> = sql`
  ALTER INDEX searchable_words SET (gin_pending_list_limit = 16384)`;

const sortIn = prepare("sort words in", sql`SELECT gin_clean_pending_list('searchable_words')`);

/** Has new words sorted in, once for so many commands: most are messages. */
export class PendingWords {
  readonly #pool: Pool;
  readonly #onFailure: (error: unknown) => void;
  #commands = 0;
  #isSorting = false;

  constructor(pool: Pool, onFailure: (error: unknown) => void) {
    this.#pool = pool;
    this.#onFailure = onFailure;
  }

  /** So many were committed. */
  add(commands: number): void {
    this.#commands += commands;
    if (this.#commands < COMMANDS || this.#isSorting) return;
    this.#commands = 0;
    this.#isSorting = true;
    run(this.#pool, sortIn())
      .catch(this.#onFailure)
      .finally(() => (this.#isSorting = false));
  }
}
