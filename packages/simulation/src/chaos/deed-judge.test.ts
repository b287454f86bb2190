import type { MessageRecord, Receipt } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { createChronicle } from "./chronicle.ts";
import { judgeDeeds } from "./deed-judge.ts";
import type { Act, Deed } from "./deeds.ts";
import type { NotesFace } from "./face.ts";
import type { Failed } from "./word.ts";

const nothing: NotesFace = { hidden: [], blocked: [], planned: [] };

/** One message of Ada's, and what Bob does about it. */
function stage() {
  const chronicle = createChronicle();
  const failed: Failed[] = [];
  let count = 0;
  const tries = (act: Act, deed: Partial<Deed> = {}, userId = "bob"): string => {
    const key = `${(count += 1)}`;
    chronicle.hear(userId, { type: "tries", deed: { key, act, target: "m", value: "", ...deed } });
    return key;
  };
  return {
    failed,
    chronicle,
    /** Nobody knows whether it came to be. */
    tries,
    keeps: (act: Act, deed?: Partial<Deed>, userId = "bob"): void =>
      chronicle.hear(userId, { type: "kept", key: tries(act, deed, userId), id: `c${count}` }),
    isDenied: (act: Act, code: string, deed?: Partial<Deed>): void =>
      chronicle.hear("bob", { type: "denied", key: tries(act, deed), code }),
    /** The last one, as the outbox shows it. */
    fails: (code: string): void => void failed.push({ id: `c${count}`, code }),
    verdict(
      message: Partial<MessageRecord> = {},
      noted: Partial<NotesFace> = {},
      seen = noted,
      receipts: readonly Receipt[] = [],
      read: readonly string[] = [],
    ) {
      const record: MessageRecord = {
        ...({ type: "message", kind: "text", id: "m", conversationId: "room", authorId: "ada" } as const),
        ...{ seq: 1, rev: 1, version: 0, createdAt: 0, sentAt: 0, reactions: [] },
        ...{ content: { text: "hi" }, ...message },
      };
      const [there, here] = [noted, seen].map((each) => ({ ...nothing, ...each }));
      if (!there || !here) throw new Error("there are two");
      const state = { failed, notes: here, stored: { messages: [], notes: here }, read };
      const remains = { messages: [record], receipts, notes: new Map([["bob", there]]) };
      return judgeDeeds(chronicle, remains, new Map([["bob", state]])).map(({ type }) => type);
    },
  };
}

const liked = { reactions: [{ emoji: "👍", count: 1, userIds: ["bob"] }] };
const gone = { deletedAt: 5, deletedBy: "bob", content: { text: "" } };
const thumb = { value: "👍" };

describe("who judges what people did", () => {
  it("[D1] wants the last word of each on each thing, and nothing of what was refused", () => {
    const { keeps, isDenied, verdict } = stage();
    expect([verdict(), verdict(liked)]).toEqual([[], []]);
    keeps("react", thumb);
    expect([verdict(), verdict(liked)]).toEqual([["undone"], []]);
    keeps("unreact", thumb);
    expect([verdict(), verdict(liked)]).toEqual([[], ["undone"]]);
    isDenied("react", "storage/full", thumb);
    expect([verdict(), verdict(liked)]).toEqual([[], ["undone"]]);
  });

  it("[D1] takes either for right where a client was killed in the midst of it", () => {
    const { keeps, tries, verdict } = stage();
    keeps("react", thumb);
    tries("unreact", thumb);
    expect([verdict(), verdict(liked)]).toEqual([[], []]);
    keeps("react", thumb);
    expect([verdict(), verdict(liked)]).toEqual([["undone"], []]);
  });

  it("[D2] wants each edit once, the last one shown", () => {
    const { keeps, tries, verdict } = stage();
    keeps("edit", { value: "hi ✎ 1" }, "ada");
    keeps("edit", { value: "hi ✎ 2" }, "ada");
    tries("edit", { value: "hi ✎ 3" }, "ada");
    const at = (version: number, text: string) => verdict({ version, content: { text } });
    expect([at(2, "hi ✎ 2"), at(3, "hi ✎ 3")]).toEqual([[], []]);
    expect([at(1, "hi ✎ 2"), at(4, "hi ✎ 3")]).toEqual([["doubled"], ["doubled"]]);
    expect([at(2, "hi ✎ 1"), at(2, "hi")]).toEqual([["undone"], ["undone"]]);
  });

  it("[D3] lets nothing come back that was deleted, and nothing be deleted by nobody", () => {
    const { keeps, isDenied, verdict } = stage();
    expect(verdict(gone)).toEqual(["invented"]);
    keeps("delete");
    expect([verdict(), verdict(gone)]).toEqual([["resurrected"], []]);
    expect(verdict({ ...gone, pinnedAt: 1 })).toEqual(["resurrected"]);
    expect(verdict({ ...gone, content: { text: "hi" } })).toEqual(["resurrected"]);
    isDenied("edit", "message/deleted");
    expect(verdict(gone)).toEqual([]);
  });

  it("[D3] wants a pin to be as somebody's last word left it", () => {
    const { keeps, verdict } = stage();
    const pinned = { pinnedAt: 1, pinnedBy: "bob" };
    expect([verdict(), verdict(pinned)]).toEqual([[], ["undone"]]);
    keeps("pin");
    expect([verdict(), verdict(pinned)]).toEqual([["undone"], []]);
    keeps("unpin", {}, "ada");
    expect([verdict(), verdict(pinned)]).toEqual([[], []]);
  });

  it("[D2] counts the vote that somebody gave last", () => {
    const { keeps, verdict } = stage();
    const voted = (...options: number[]) => {
      const results = [0, 1].map((option) => ({
        ...(options.includes(option) ? { count: 1, userIds: ["bob"] } : { count: 0, userIds: [] }),
      }));
      return verdict({ tally: { results, voters: 1 } });
    };
    keeps("vote", { value: "0" });
    keeps("vote", { value: "1" });
    expect([voted(1), voted(0), voted(0, 1), voted()]).toEqual([[], ["undone"], ["undone"], ["undone"]]);
  });

  it("[D6] wants a reason for every refusal", () => {
    const { keeps, fails, verdict } = stage();
    keeps("react", thumb);
    fails("message/deleted");
    expect([verdict({ ...gone, deletedBy: "bob" }), verdict()]).toEqual([["invented"], ["defect"]]);
    keeps("pin");
    fails("server/internal");
    expect(verdict()).toEqual(["defect", "defect"]);
  });

  it("[D6] takes no reason for one that cannot be", () => {
    const refused = (code: string, act: Act, deed: Partial<Deed> = {}): readonly string[] => {
      const { keeps, fails, verdict } = stage();
      keeps(act, deed);
      fails(code);
      return verdict();
    };
    expect(refused("message/not-found", "react", { ...thumb, target: "gone" })).toEqual([]);
    expect(refused("message/not-found", "react", thumb)).toEqual(["defect"]); // it is there
    expect(refused("storage/full", "react", thumb)).toEqual(["defect"]); // it was promised
    expect(refused("note/due", "hide")).toEqual(["defect"]); // nothing was planned
  });

  it("[D1] wants what answers a message to answer that one", () => {
    const { chronicle, verdict } = stage();
    chronicle.hear("ada", { type: "promised", id: "m", text: "hi", replyTo: "asked" });
    expect(verdict({ replyTo: "asked" })).toEqual([]);
    expect([verdict(), verdict({ replyTo: "else" })]).toEqual([["undone"], ["undone"]]);
  });

  it("wants everybody to know how far all have read", () => {
    const { verdict } = stage();
    const receipt = {
      type: "receipt",
      at: 0,
      conversationId: "room",
      userId: "ada",
      deliveredSeq: 2,
      readSeq: 2,
    } as const;
    const known = (...read: string[]) => verdict({}, {}, {}, [receipt], read);
    expect([known("ada 2"), known("ada 1"), known()]).toEqual([
      [],
      ["unlike the server"],
      ["unlike the server"],
    ]);
  });

  it("[D1, K2] wants notes as they were left, at the server, on the screen and on the disk", () => {
    const { keeps, verdict } = stage();
    keeps("hide");
    keeps("block", { target: "cyd" });
    const noted = { hidden: ["m"], blocked: ["cyd"] };
    expect([verdict({}, noted), verdict({}, noted, {})]).toEqual([[], ["unlike the server", "cache"]]);
    expect(verdict({}, { hidden: ["m"] })).toEqual(["undone"]);
    keeps("unblock", { target: "cyd" });
    expect(verdict({}, { hidden: ["m"] })).toEqual([]);
  });

  it("[D1, D2] wants what was planned to be said, unless it was called off, and in any case if that came too late", () => {
    const { keeps, fails, verdict } = stage();
    keeps("plan", { target: "hi" });
    expect([verdict(), verdict({ content: { text: "else" } })]).toEqual([[], ["undone"]]);
    keeps("unplan", { target: "hi" });
    expect([verdict(), verdict({ content: { text: "else" } })]).toEqual([[], []]);
    fails("note/due");
    expect([verdict(), verdict({ content: { text: "else" } })]).toEqual([[], ["undone"]]);
  });
});
