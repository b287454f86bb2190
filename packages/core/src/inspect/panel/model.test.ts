import { describe, expect, it } from "vitest";
import type { DeliveryStatus } from "../../delivery/machine.ts";
import type { Recorded, RecordedEntry } from "../recording.ts";
import { createModel } from "./model.ts";

const at = (moment: number, what: Recorded): RecordedEntry => ({ at: moment, ...what });
const CONVERSATION = "general";

function given(commandId: string): Recorded {
  const content = { text: "xxxx1" };
  const command = {
    type: "message.send",
    kind: "text",
    commandId,
    conversationId: CONVERSATION,
    at: 1,
    content,
  } as const;
  return { type: "command", command };
}

const moved = (commandId: string, status: DeliveryStatus): Recorded => ({
  ...{ type: "delivery", commandId, status, attempts: 1 },
});

describe("what the panel makes of a recording", () => {
  it("[D5] is a life for each command: its states, and when each began", () => {
    const model = createModel();
    const entries = [given("one"), moved("one", "queued"), moved("one", "queued"), moved("one", "sending")];
    entries.forEach((entry, index) => model.take(at(index, entry)));
    expect(model.lives).toEqual([
      {
        ...{ commandId: "one", type: "message.send", conversationId: CONVERSATION },
        steps: [
          { status: "queued", at: 1, code: undefined },
          { status: "sending", at: 3, code: undefined },
        ],
      },
    ]);
  });

  it("[D9] is bounded, whatever the length of the recording", () => {
    const model = createModel();
    for (let count = 0; count < 10_000; count += 1) {
      model.take(at(count, given(`c${count}`)));
      model.take(at(count, moved(`c${count}`, "queued")));
      model.take(at(count, { type: "ask", id: count, port: "link", call: "submit", link: 1, key: "" }));
      model.take(at(count, { type: "answer", id: count, tookMs: 1 }));
      model.take(
        at(count, { type: "ask", id: -1 - count, port: "storage", call: "write", key: "put outbox ×1" }),
      );
      model.take(at(count, { type: "answer", id: -1 - count, tookMs: 1 }));
      model.take(at(count, { type: "gap", conversationId: `g${count}`, afterRev: 1, upTo: 2 }));
    }
    const { lives, frames, storage, gaps } = model;
    expect([lives.length, frames.length, storage.length, gaps.length]).toEqual([400, 400, 400, 50]);
    expect(lives[0]?.commandId).toBe("c9999");
  });

  it("knows a gap until it is repaired, and one that grew as one", () => {
    const model = createModel();
    const gap = { type: "gap", conversationId: CONVERSATION } as const;
    model.take(at(10, { ...gap, afterRev: 4, upTo: 5 }));
    model.take(at(20, { ...gap, afterRev: 4, upTo: 9 }));
    expect(model.gaps).toEqual([{ conversationId: CONVERSATION, at: 10, from: 5, to: 9 }]);
    model.take(at(30, gap));
    expect(model.gaps).toEqual([{ conversationId: CONVERSATION, at: 10, from: 5, to: 9, repairedAt: 30 }]);
  });

  it("knows of a token how long it is and when it ends, or why there is none", () => {
    const model = createModel();
    const ask = (id: number): void =>
      model.take(at(id, { type: "ask", id, port: "auth", call: "token", key: "" }));
    ask(1);
    model.take(at(1, { type: "answer", id: 1, tookMs: 0, value: 412 }));
    expect(model.token).toMatchObject({ length: 412, at: 1 });
    model.take(at(2, { type: "ask", id: 2, port: "link", call: "refresh", link: 1, key: "" }));
    model.take(at(3, { type: "answer", id: 2, tookMs: 1, value: 60_000 }));
    expect(model.token).toEqual({ at: 3, length: 412, expiresAt: 60_003 });
    ask(4);
    model.take(
      at(4, { type: "answer", id: 4, tookMs: 0, error: { code: "auth/unavailable", retryable: true } }),
    );
    expect(model.token).toMatchObject({ code: "auth/unavailable" });
  });
});
