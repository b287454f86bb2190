import { describe, expect, it } from "vitest";
import type { Command } from "../protocol/commands.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import type { ConversationRecord } from "../protocol/records.ts";
import { applyQuietly } from "./replay.ts";

describe("applyQuietly", () => {
  it("[D7] refuses what another version, or a damaged storage, has left, where `apply` would throw", () => {
    const conversation: ConversationRecord = {
      ...{ type: "conversation", conversationId: "a", rev: 1, kind: "group", status: "active" },
      ...{ settings: { typing: true, receipts: true }, createdBy: "ada", createdAt: 0 },
    };
    const records = {
      ...{ head: { conversationId: "a", rev: 1, seq: 0 }, counts: { members: 1, owners: 1, pins: 0 } },
      ...{ conversation, participant: () => undefined, message: () => undefined, receipt: () => undefined },
      hasReacted: () => false,
    };
    const context = { actorId: "ada", at: 0, limits: defaultPolicy.limits, system: true };
    for (const type of ["message.of-another-version", "message.send"]) {
      const command: Command = JSON.parse(
        JSON.stringify({ type, commandId: "0", conversationId: "a", at: 0 }),
      );
      expect(applyQuietly(records, command, context)).toMatchObject({ ok: false, code: "command/malformed" });
    }
  });
});
