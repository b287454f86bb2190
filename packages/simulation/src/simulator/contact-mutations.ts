import type { Mutation } from "./mutation.ts";

/** Those of what people do about each other: they block somebody, they report. */
export const contactMutations: readonly Mutation[] = [
  {
    name: "who is blocked goes on writing",
    file: "server/src/engine/contacts.ts",
    from: "people.includes(actorId) && people.some(isParted) ? unreachable : undefined;",
    to: "undefined;",
  },
  {
    name: "who is blocked is seen typing",
    file: "server/src/engine/signals.ts",
    from: "user.id !== userId && !this.#contacts.areApart(userId, user.id);",
    to: "user.id !== userId;",
  },
  {
    name: "who is blocked is told how far the other has read",
    file: "server/src/engine/fan-out.ts",
    from: "if (this.#contacts.isFree(userId)) return () => true;",
    to: "if (userId) return () => true;",
  },
  {
    name: "who is blocked finds out how far the other has read",
    file: "server/src/engine/questions.ts",
    from: '"readSeq" in item && !isApart(ties, item.userId) ? [item] : [],',
    to: '"readSeq" in item ? [item] : [],',
  },
  {
    name: "what is reported a second time is a second report",
    file: "server/src/store/libsql/cases.ts",
    from: "ON CONFLICT (case_id, reporter_id, rule) DO NOTHING RETURNING 1",
    to: "ON CONFLICT (case_id, reporter_id, rule) DO UPDATE SET text = text RETURNING 1",
  },
];
