import { describe, expect, it } from "vitest";
import type { ApplyContext, Records } from "../domain/types.ts";
import type { Command } from "../protocol/commands.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { applyQuietly, replayOn } from "./replay.ts";

const records: Records = {
  ...{ head: { conversationId: "a", rev: 1, seq: 0 }, counts: { members: 1, owners: 1, pins: 0 } },
  ...{ participant: () => undefined, message: () => undefined, receipt: () => undefined },
  conversation: {
    ...{ type: "conversation", conversationId: "a", rev: 1, kind: "group", status: "active" },
    ...{ settings: { typing: true, receipts: true }, createdBy: "ada", createdAt: 0 },
  },
  ...{ hasReacted: () => false, note: () => undefined },
};
const context: ApplyContext = { actorId: "ada", at: 0, limits: defaultPolicy.limits, system: true };

/** What storage gave back. */
function stored(type: string, content?: unknown): Command {
  return JSON.parse(JSON.stringify({ type, commandId: "0", conversationId: "a", at: 0, content }));
}

describe("applyQuietly", () => {
  it("[D7] refuses what another version, or a damaged storage, has left, where `apply` would throw", () => {
    const applied = applyQuietly(records, stored("message.send"), context);
    expect(applied).toMatchObject({ ok: false, code: "command/malformed" });
    expect(applyQuietly(records, stored("message.of-another-version"), context).ok).toBe(false);
  });
});

describe("replayOn", () => {
  const shown = (content?: unknown): unknown => {
    const command = stored("message.send", content);
    const pending = { command, order: 0, at: 0, status: "queued", error: undefined } as const;
    return replayOn(undefined, pending, records, context)?.message.content;
  };

  it("[D10] shows no message whose content is damaged, as nobody could render it", () => {
    expect([undefined, null, {}, { text: 1 }, "hello"].map(shown)).toEqual(Array(5).fill(undefined));
    expect([{ text: "" }, { sealed: "x", scheme: "y" }].map(shown)).toEqual([
      { text: "" },
      { sealed: "x", scheme: "y" },
    ]);
  });
});
