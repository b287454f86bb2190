import { searchableOf, type SearchPlan } from "@tidings/core/domain";
import type { MessageRecord } from "@tidings/core/protocol";
import type { Connection } from "./database.ts";

/** Writes the index of words. What is deleted leaves it by triggers, whoever deletes it. */
export interface SearchIndex {
  /** The message inserted last. @param key - of its conversation. */
  add(key: number, record: MessageRecord): void;
  /** One whose content may have changed. */
  renew(key: number, record: MessageRecord): void;
}

export function createSearchIndex({ prepare }: Connection): SearchIndex {
  const add = prepare("INSERT INTO searchable (rowid, words, marks) VALUES (last_insert_rowid(), ?, ?)");
  const remove = prepare("DELETE FROM searchable WHERE rowid = (SELECT key FROM messages WHERE id = ?)");
  const renew = prepare(
    "INSERT INTO searchable (rowid, words, marks) SELECT key, ?, ? FROM messages WHERE id = ?",
  );
  return {
    add(key, record) {
      const columns = columnsOf(key, record);
      if (columns) add.run(...columns);
    },
    renew(key, record) {
      if (record.version === 0) return; // only reacted to, or pinned
      const columns = columnsOf(key, record);
      if (!columns) return;
      remove.run(record.id);
      renew.run(...columns, record.id);
    },
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
