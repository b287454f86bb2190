import { searchableOf, type SearchPlan, type SearchTerm } from "@tidings/core/domain";
import type { MessageRecord } from "@tidings/core/protocol";

/** What is indexed of a message, as a `tsvector` is written; null if nothing. No mark can be taken for a word. */
export function vectorOf(message: MessageRecord): string | null {
  const searchable = searchableOf(message);
  if (!searchable) return null;
  return [...searchable.words, ...searchable.marks].map(quote).join(" ");
}

/** A plan, as a `tsquery` is written. */
export function wantedOf({ terms, marks }: SearchPlan): string {
  const words = terms.map(({ text, isPrefix }: SearchTerm) => `${quote(text)}${isPrefix ? ":*" : ""}`);
  const groups = marks.map((group) => `(${group.map(quote).join(" | ")})`);
  return [...words, ...groups].join(" & ");
}

function quote(lexeme: string): string {
  return `'${lexeme.replace(/['\\]/g, "$&$&")}'`;
}
