import { searchableOf, type SearchPlan } from "@tidings/core/domain";
import type { MessageRecord } from "@tidings/core/protocol";
import type { Connection } from "./database.ts";

/** Messages whose words are indexed together: what FTS5 adds to a commit is nearly the same for one as for all of them. */
const TOGETHER = 16;
/** Read at once; there are more only after an import. */
const PAGE = 1_000;

/**
 * Writes the index of words, a few messages behind what is committed (`unindexed`): whoever searches catches up first.
 * What is deleted leaves it by triggers, whoever deletes it.
 */
export interface SearchIndex {
  /** The message inserted last. */
  add(): void;
  /** One whose content may have changed. */
  renew(record: MessageRecord): void;
  /** Is there anything to catch up with? */
  readonly isBehind: boolean;
  catchUp(): void;
}

interface Waiting {
  readonly key: number;
  readonly conversation: number;
  readonly record: string;
}

export function createSearchIndex({ prepare }: Connection): SearchIndex {
  // Keys of messages that are gone may be others' by now.
  const note = prepare("INSERT OR IGNORE INTO unindexed VALUES (last_insert_rowid())");
  const remove = prepare("DELETE FROM searchable WHERE rowid = (SELECT key FROM messages WHERE id = ?)");
  const noteAgain = prepare("INSERT OR IGNORE INTO unindexed SELECT key FROM messages WHERE id = ?");
  const any = prepare<object>("SELECT 1 FROM unindexed LIMIT 1");
  const waiting = prepare<Waiting>(
    `SELECT u.key, m.conversation, m.record FROM unindexed u JOIN messages m ON m.key = u.key
     WHERE u.key > ? AND m.is_deleted = 0 ORDER BY u.key LIMIT ${PAGE}`,
  );
  const index = prepare("INSERT INTO searchable (rowid, words, marks) VALUES (?, ?, ?)");
  const done = prepare("DELETE FROM unindexed");
  let noted = 0;
  const catchUp = (): void => {
    let rows: readonly Waiting[] = [];
    do {
      rows = waiting.all(rows.at(-1)?.key ?? 0);
      for (const { key, conversation, record } of rows) {
        const columns = columnsOf(conversation, JSON.parse(record) as MessageRecord);
        if (columns) index.run(key, ...columns);
      }
    } while (rows.length === PAGE);
    done.run();
    noted = 0;
  };
  const hurry = (): void => {
    noted += 1;
    if (noted >= TOGETHER) catchUp();
  };
  return {
    add() {
      note.run();
      hurry();
    },
    renew(record) {
      if (record.version === 0 || record.deletedAt !== undefined) return; // only reacted to, or pinned; or gone
      remove.run(record.id);
      noteAgain.run(record.id);
      hurry();
    },
    get isBehind() {
      return any.get() !== undefined;
    },
    catchUp,
  };
}

/**
 * A plan in the language of FTS5. Nothing in it is what somebody wrote as it is: words are letters, digits and emoji,
 * marks are in hexadecimal.
 *
 * @param keys - the only conversations to look in; all, if absent.
 */
export function matchOf({ terms, marks }: SearchPlan, keys: readonly number[] | undefined): string {
  const words = terms.map(({ text, isPrefix }) => `words : "${text}"${isPrefix ? " *" : ""}`);
  const groups = marks.map((group) => anyOf(group.map(hex)));
  const scope = keys ? [anyOf(keys.map(scopeOf))] : [];
  return [...words, ...groups, ...scope].join(" AND ");
}

/** What is indexed of a message; undefined if nothing. @param key - of its conversation. */
export function columnsOf(key: number, record: MessageRecord): readonly [string, string] | undefined {
  const searchable = searchableOf(record);
  if (!searchable) return undefined;
  return [searchable.words.join(" "), [...searchable.marks.map(hex), scopeOf(key)].join(" ")];
}

function anyOf(marks: readonly string[]): string {
  return `marks : (${marks.map((mark) => `"${mark}"`).join(" OR ")})`;
}

function hex(mark: string): string {
  return Buffer.from(mark).toString("hex");
}

/** No hexadecimal digit begins it. */
function scopeOf(key: number): string {
  return `k${key}`;
}
