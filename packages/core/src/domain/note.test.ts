import { describe, expect, it } from "vitest";
import { mint, outcome, withCast } from "../../test/ledger.ts";
import { ConversationStore } from "../memory/conversation-store.ts";
import type { ClearNote, SetNote } from "../protocol/commands.ts";
import { notebookOf, noteIdOf, type NoteSubject, type NoteValue } from "../protocol/notes.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { apply } from "./apply.ts";
import type { Applied, ApplyContext } from "./types.ts";

const pinned: NoteSubject = { kind: "pinned", conversationId: "general" };
const draft: NoteSubject = { kind: "draft", conversationId: "general" };
const read: NoteSubject = { kind: "read", conversationId: "general", messageId: mint() };

/** Mike's notebook, and what is done to it. */
function notebook(userId = "mike"): {
  readonly store: ConversationStore;
  set(subject: NoteSubject, value?: NoteValue, context?: Partial<ApplyContext>): Applied;
  clear(subject: NoteSubject): Applied;
} {
  const store = new ConversationStore(notebookOf("mike"));
  const run = (command: SetNote | ClearNote, context?: Partial<ApplyContext>): Applied => {
    const applied = apply(store, command, {
      actorId: userId,
      at: 5,
      limits: defaultPolicy.limits,
      ...context,
    });
    if (applied.ok) store.commit(applied);
    return applied;
  };
  const common = () => ({ commandId: mint(), conversationId: notebookOf("mike"), at: 1 });
  return {
    store,
    set: (subject, value = {}, context) => run({ ...common(), type: "note.set", subject, value }, context),
    clear: (subject) => run({ ...common(), type: "note.clear", subject }),
  };
}

describe("a note", () => {
  it("begins the notebook if it is the first, and nothing else later", () => {
    const { store, set } = notebook();
    const first = set(pinned);
    expect(first).toMatchObject({
      changes: [
        { rev: 1, kind: "note.set", record: { type: "conversation", kind: "notebook", rev: 1 } },
        { rev: 2, record: { type: "participant", userId: "mike", rev: 2 } },
        { rev: 3, record: { type: "note", subject: pinned, value: {}, at: 5, rev: 3 } },
      ],
    });
    expect(set(draft, { text: "so" })).toMatchObject({ changes: [{ rev: 4, record: { subject: draft } }] });
    expect(store.counts).toEqual({ members: 1, owners: 0, pins: 2 });
  });

  it("[D8] is kept in one's own notebook only; of all others nobody learns whether they exist", () => {
    expect(outcome(notebook("mary").set(pinned))).toBe("conversation/not-found");
    const of = notebook();
    of.set(pinned);
    for (const actorId of ["mary", "system"]) {
      expect(outcome(of.set(draft, {}, { actorId }))).toBe("conversation/not-found");
      expect(outcome(of.set(draft, {}, { actorId, system: true }))).toBe("conversation/not-found");
    }
    expect(outcome(withCast().try("mike", { type: "note.set", subject: pinned, value: {} }))).toBe(
      "conversation/not-found",
    );
  });

  it("[D8] cannot be spied on by whoever creates its notebook first, or after", () => {
    const { store, set } = notebook();
    const create = {
      commandId: mint(),
      conversationId: notebookOf("mike"),
      at: 1,
      type: "conversation.create",
    } as const;
    const context = { actorId: "mary", at: 1, limits: defaultPolicy.limits };
    expect(outcome(apply(store, { ...create, kind: "group" }, context))).toBe("permission/denied");
    set(pinned);
    expect(outcome(apply(store, { ...create, kind: "group" }, context))).toBe("permission/denied");
    const elsewhere = { ...create, conversationId: "mine", kind: "notebook" } as const;
    expect(outcome(apply(new ConversationStore("mine"), elsewhere, context))).toBe("permission/denied");
  });

  it("leaves its notebook to notes alone", () => {
    const { store, set } = notebook();
    set(pinned);
    const common = { commandId: mint(), conversationId: notebookOf("mike"), at: 1 };
    const context = { actorId: "mike", at: 1, limits: defaultPolicy.limits };
    const said = apply(
      store,
      { ...common, type: "message.send", kind: "text", content: { text: "hm" } },
      context,
    );
    expect(outcome(said)).toBe("permission/denied");
    expect(outcome(apply(store, { ...common, type: "participant.leave" }, context))).toBe(
      "permission/denied",
    );
    const added = apply(store, { ...common, type: "participant.add", userId: "mary" }, context);
    expect(outcome(added)).toBe("permission/denied");
  });

  it("says the same twice without a change, and is gone once it is cleared", () => {
    const { store, set, clear } = notebook();
    expect(outcome(clear(pinned))).toBe("same");
    expect(store.head.rev).toBe(0);
    set(pinned);
    expect(outcome(set(pinned))).toBe("same");
    expect(clear(pinned)).toMatchObject({
      changes: [{ kind: "note.clear", record: { rev: 4, subject: pinned } }],
    });
    expect(store.note(noteIdOf(pinned))).not.toHaveProperty("value");
    expect(outcome(clear(pinned))).toBe("same");
    expect(store.counts.pins).toBe(0);
  });

  it("rises only where it is a watermark", () => {
    const { store, set } = notebook();
    expect(outcome(set(read, { seq: 7 }))).toBe("ok");
    expect(outcome(set(read, { seq: 6 }))).toBe("same");
    expect(outcome(set(read, { seq: 8 }))).toBe("ok");
    expect(store.note(noteIdOf(read))?.value).toEqual({ seq: 8 });
  });

  it("[D9] finds room only within the policy, and none where a backend keeps none", () => {
    const { set, clear } = notebook();
    const limits = { ...defaultPolicy.limits, notes: 1, textLength: 3 };
    expect(outcome(set(pinned, {}, { limits }))).toBe("ok");
    expect(outcome(set(draft, { text: "so" }, { limits }))).toBe("note/limit");
    expect(outcome(set(pinned, { until: 4 }, { limits }))).toBe("ok");
    clear(pinned);
    expect(outcome(set(draft, { text: "long" }, { limits }))).toBe("draft/too-long");
    expect(outcome(set(draft, { text: "so" }, { limits }))).toBe("ok");
    const { notes: _notes, ...without } = limits;
    expect(outcome(set(draft, {}, { limits: without }))).toBe("command/unsupported");
  });
});
