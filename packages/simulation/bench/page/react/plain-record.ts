/** What is said in the bench, on both sides of the wire. */
export const CONVERSATION = "long";

/** What a screen shows of a message, without what makes it a replica. */
export interface PlainRecord {
  readonly id: string;
  readonly seq: number;
  readonly authorId: string;
  readonly createdAt: number;
  readonly content: { readonly text: string };
}

export function plainRecord(seq: number): PlainRecord {
  const facts = { id: crypto.randomUUID(), seq, authorId: "ben", createdAt: seq };
  return { ...facts, content: { text: textOf(seq) } };
}

export function textOf(seq: number): string {
  return `Message ${seq}, and everything else people write, give or take; a hundred characters are about enough.`;
}
