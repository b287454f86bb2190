import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BareCommand, CONVERSATION, READER } from "../../test/timeline/backend.ts";
import { createLab, type Lab } from "../../test/timeline/lab.ts";

const say = (text: string): BareCommand => ({ type: "message.send", kind: "text", content: { text } });

function labWith(authors: readonly string[]): Lab {
  const lab = createLab();
  authors.forEach((author, index) => lab.act(author, say(String(index))));
  lab.inFlight.length = 0;
  return lab;
}

const authors = fc.array(fc.constantFrom("bob", READER), { minLength: 1, maxLength: 30, size: "max" });

describe("the number of unread messages", () => {
  it("[L13] is the backend's own where all of them are loaded", () => {
    fc.assert(
      fc.property(authors, fc.nat(30), (list, read) => {
        const lab = labWith(list);
        lab.act(READER, { type: "receipt.mark", readSeq: read });
        lab.act("bob", { type: "message.delete", messageId: lab.backend.messageAt(1)?.id ?? "" });
        lab.repair();
        lab.loadAll();
        expect(lab.replica.unread.get()).toBe(lab.backend.summary().unread);
      }),
    );
  });

  it("stays the backend's however few are loaded, when more come and when loaded ones are deleted", () => {
    fc.assert(
      fc.property(authors, fc.nat(30), fc.nat(10), (list, read, loaded) => {
        const lab = labWith(list);
        lab.act(READER, { type: "receipt.mark", readSeq: read });
        lab.inFlight.length = 0;
        lab.replica.acceptSummary(lab.backend.summary());
        expect(lab.replica.unread.get()).toBe(lab.backend.summary().unread);
        if (loaded > 0) lab.replica.acceptHistory(lab.backend.history({}, loaded));
        lab.act("bob", say("new"));
        lab.act(READER, { type: "message.delete", messageId: lab.backend.messageAt(list.length)?.id ?? "" });
        lab.act(READER, say("mine"));
        for (const deliver of lab.inFlight) deliver();
        expect(lab.replica.unread.get()).toBe(lab.backend.summary().unread);
      }),
    );
  });

  it("[L13] falls as one reads, at once, and never below nothing", () => {
    const lab = labWith(["bob", "bob", READER, "bob"]);
    lab.replica.acceptSummary(lab.backend.summary());
    expect(lab.replica.unread.get()).toBe(3);
    const mark = lab.give({ type: "receipt.mark", readSeq: 4 });
    expect(lab.replica.unread.get()).toBe(0);
    lab.replica.unpend(mark.commandId);
    expect(lab.replica.unread.get()).toBe(3);
    lab.give({ type: "receipt.mark", readSeq: 1_000 });
    expect(lab.replica.unread.get()).toBe(0);
  });

  it("follows what the reader reads on another device", () => {
    const lab = labWith(["bob", "bob", "bob"]);
    lab.repair();
    lab.act(READER, { type: "receipt.mark", readSeq: 2 });
    for (const deliver of lab.inFlight) deliver();
    expect(lab.replica.unread.get()).toBe(1);
  });

  it("counts every message where nobody counted and none is known", () => {
    const { replica } = createLab();
    replica.acceptHead({ conversationId: CONVERSATION, rev: 20, seq: 9 });
    expect(replica.unread.get()).toBe(9);
    replica.acceptReceipt({
      conversationId: CONVERSATION,
      userId: READER,
      deliveredSeq: 4,
      readSeq: 4,
      at: 1,
    });
    expect(replica.unread.get()).toBe(5);
  });
});
