import { describe, expect, it } from "vitest";
import { mint, outcome } from "../../test/ledger.ts";
import { ConversationStore } from "../memory/conversation-store.ts";
import {
  dueOf,
  type NoteKind,
  type NoteRecord,
  notebookOf,
  type NoteSubject,
  type NoteValue,
} from "../protocol/notes.ts";
import { defaultPolicy, type Limits } from "../protocol/policy.ts";
import { apply } from "./apply.ts";
import { claimed, filesPlanned, sendingOf } from "./plan.ts";
import { take } from "./take.ts";
import type { Applied, ApplyContext } from "./types.ts";

const scheduled: NoteSubject = { kind: "scheduled", conversationId: "general", messageId: mint() };
const reminder: NoteSubject = { kind: "reminder", conversationId: "general", messageId: mint() };
const message = { kind: "text", content: { text: "later" } } as const;
const planned: NoteValue = { dueAt: 100, message };

function notebook(kind: NoteKind = "scheduled", limits: Limits = defaultPolicy.limits) {
  const conversationId = notebookOf("mike");
  const store = new ConversationStore(conversationId);
  const put = (subject: NoteSubject, value?: NoteValue, context: Partial<ApplyContext> = {}): Applied => {
    const common = { commandId: mint(), conversationId, at: 1, subject };
    const applied = apply(
      store,
      value ? { ...common, type: "note.set", value } : { ...common, type: "note.clear" },
      { actorId: "mike", at: 5, limits, ...context },
    );
    if (applied.ok) store.commit(applied);
    return applied;
  };
  const note = (): NoteRecord => {
    const found = [...store.notes()].find(({ subject }) => subject.kind === kind);
    if (!found) throw new Error("nothing is noted");
    return found;
  };
  return { put, note };
}

const system = { system: true };

describe("a plan", () => {
  it("is what is to be sent, and when, and nothing of what only the backend can say", () => {
    const { put } = notebook();
    const { messageId: _messageId, ...nothing } = scheduled;
    const malformed: readonly (readonly [NoteSubject, NoteValue])[] = [
      [scheduled, { dueAt: 100 }],
      [scheduled, { message }],
      [nothing, planned],
      [reminder, {}],
      [reminder, planned],
      [scheduled, { ...planned, firedAt: 5 }],
      [reminder, { dueAt: 100, tellingAt: 5 }],
      [scheduled, { ...planned, code: "permission/banned" }],
    ];
    for (const [subject, value] of malformed) expect(outcome(put(subject, value))).toBe("command/malformed");
    const empty = { ...planned, message: { kind: "text", content: { text: " " } } } as const;
    expect(outcome(put(scheduled, empty))).toBe("draft/empty");
    expect(outcome(put(scheduled, planned))).toBe("ok");
    expect(outcome(put(reminder, { dueAt: 100, text: "ask her" }))).toBe("ok");
  });

  it("[D9] lies no further ahead than the policy allows, and nowhere without one", () => {
    const { planAheadMs, ...none } = defaultPolicy.limits;
    const { put } = notebook("scheduled", { ...none, planAheadMs: 1_000 });
    expect(outcome(put(scheduled, { ...planned, dueAt: 1_006 }))).toBe("note/too-far");
    expect(outcome(put(scheduled, { ...planned, dueAt: 1_005 }))).toBe("ok");
    expect(planAheadMs).toBeGreaterThan(1_000);
    expect(outcome(notebook("reminder", none).put(reminder, { dueAt: 6 }))).toBe("command/unsupported");
  });

  it("[D2] under way is changed by nobody but the backend, until it was refused", () => {
    const { put, note } = notebook();
    put(scheduled, planned);
    const value = claimed(planned, 101);
    expect(outcome(put(scheduled, value, system))).toBe("ok");
    expect(outcome(put(scheduled, claimed(value, 200), system))).toBe("same");
    expect(outcome(put(scheduled))).toBe("note/due");
    expect(outcome(put(scheduled, { ...planned, dueAt: 300 }))).toBe("note/due");
    expect(outcome(put(scheduled, { ...value, code: "permission/banned" }, system))).toBe("ok");
    expect(outcome(put(scheduled, { ...planned, dueAt: 300 }))).toBe("ok");
    expect(note().value).toEqual({ ...planned, dueAt: 300 });
  });

  it("[D2] that is done is not claimed again", () => {
    const { put } = notebook();
    put(reminder, { dueAt: 100 });
    expect(outcome(put(reminder, claimed({ dueAt: 100 }, 101), system))).toBe("ok");
    for (const at of [101, 102])
      expect(outcome(put(reminder, claimed({ dueAt: 100 }, at), system))).toBe("note/due");
    put(scheduled, planned);
    put(scheduled, { ...claimed(planned, 101), code: "permission/banned" }, system);
    expect(outcome(put(scheduled, claimed(planned, 102), system))).toBe("note/due");
  });

  it("[D2] that devices are told of is held by whoever tells them, and by another only if that takes too long", () => {
    const { put, note } = notebook("reminder");
    put(reminder, { dueAt: 100 });
    const telling = claimed({ dueAt: 100 }, 101, true);
    expect(outcome(put(reminder, telling, system))).toBe("ok");
    const again = dueOf(note()) ?? 0;
    expect(again).toBeGreaterThan(60_000);
    for (const at of [101, again - 1])
      expect(outcome(put(reminder, claimed(telling, at, true), system))).toBe("note/due");
    expect(outcome(put(reminder, claimed(telling, again, true), system))).toBe("ok");
    expect(note().value).toEqual({ dueAt: 100, firedAt: 101, tellingAt: again }); // it came due when it did
    expect(outcome(put(reminder, claimed(telling, again + 5), system))).toBe("ok");
    expect([note().value, dueOf(note())]).toEqual([{ dueAt: 100, firedAt: 101 }, undefined]);
    expect(outcome(put(reminder, claimed(telling, again * 3, true), system))).toBe("note/due");
  });

  it("[D2] that is let go or moved while devices are told of it stays so", () => {
    const { put, note } = notebook("reminder");
    put(reminder, { dueAt: 100 });
    const telling = claimed({ dueAt: 100 }, 101, true);
    put(reminder, telling, system);
    expect(outcome(put(reminder, { dueAt: 300 }))).toBe("ok");
    expect(outcome(put(reminder, claimed(telling, 102), system))).toBe("note/due");
    expect([note().value, dueOf(note())]).toEqual([{ dueAt: 300 }, 300]);
    expect(outcome(put(reminder))).toBe("ok");
    expect(outcome(put(reminder, claimed(telling, 102), system))).toBe("note/due");
  });

  it("[D2] that was changed meanwhile is not done as it was", () => {
    const { put } = notebook();
    expect(outcome(put(scheduled, claimed(planned, 101), system))).toBe("note/due");
    put(scheduled, planned);
    const later = { ...planned, dueAt: 300 };
    const other = { ...planned, message: { ...message, content: { text: "other" } } };
    for (const changed of [later, other]) {
      put(scheduled, changed);
      expect(outcome(put(scheduled, claimed(planned, 101), system))).toBe("note/due");
    }
    put(scheduled);
    expect(outcome(put(scheduled, claimed(planned, 101), system))).toBe("note/due");
  });

  it("sends the same command each time", () => {
    const { put, note } = notebook();
    put(scheduled, planned);
    expect(sendingOf(note())).toEqual({
      ...{ type: "message.send", commandId: scheduled.messageId, conversationId: "general", at: 100 },
      ...message,
    });
  });

  it("[D8] is taken with its files as the backend knows them, if whoever plans it may show them where it is for", () => {
    const files = new Map([
      ["hers", { mediaType: "image/gif", size: 7 }],
      ["open", { isReady: false }],
      ["bad", { fault: "file/infected" }],
    ] as const);
    const asked: (readonly string[])[] = [];
    const recordsOf = (id: string): ConversationStore =>
      new ConversationStore(id, (fileId, userId) => {
        asked.push([id, userId]);
        const known = files.get(fileId as "hers");
        return known && { isTheirs: true, isReady: true, mediaType: "image/png", size: 1, ...known };
      });
    const attached = (fileId: string, more: object = {}): NoteValue => {
      const file = { fileId, kind: "image", name: "a.png", type: "image/png", size: 1 } as const;
      return { dueAt: 100, message: { kind: "text", content: { text: "", attachments: [file] }, ...more } };
    };
    const plan = (value: NoteValue, actorId = "mike", more: Partial<ApplyContext> = {}): Applied => {
      const conversationId = notebookOf("mike");
      const command = {
        type: "note.set",
        commandId: mint(),
        conversationId,
        at: 1,
        subject: scheduled,
        value,
      } as const;
      return take(recordsOf, command, { actorId, at: 5, limits: defaultPolicy.limits, ...more });
    };
    const codes = ["none", "open", "bad"].map((id) => outcome(plan(attached(id))));
    expect(codes).toEqual(["file/not-found", "file/not-ready", "file/infected"]);
    const taken = plan(attached("hers"));
    expect(taken.ok && taken.changes.at(-1)?.record).toMatchObject({
      value: { message: { content: { attachments: [{ type: "image/gif", size: 7 }] } } },
    });
    expect(new Set(asked.map(String))).toEqual(new Set(["general,mike"]));
    expect(outcome(plan(attached("none"), "eve"))).toBe("conversation/not-found");
    const forward = { conversationId: "other", messageId: mint() };
    expect(outcome(plan(attached("none", { forward })))).toBe("ok"); // looked up when it is sent
    expect(filesPlanned({ subject: scheduled, value: attached("none", { forward }) })).toEqual([]);
    expect(filesPlanned({ subject: reminder, value: attached("hers") })).toEqual([]);
    expect(filesPlanned({ subject: scheduled, value: attached("hers") })).toEqual(["hers"]);
    expect(
      outcome(plan(attached("hers"), "mike", { limits: { ...defaultPolicy.limits, planAheadMs: 1 } })),
    ).toBe("note/too-far");
  });
});
