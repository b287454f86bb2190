import { createHash } from "node:crypto";
import { newId } from "../support/raw-client.ts";

export type Line = Readonly<Record<string, unknown>>;

export const header: Line = {
  ...{ type: "header", format: "tidings", version: 1, scope: { of: "server" }, files: "none", at: 1 },
};

const settings = { typing: true, receipts: true };

/** A conversation of Ada's with so many messages: as short as a converter would write it. */
export function conversation(conversationId: string, messages = 0): readonly Line[] {
  const head = { rev: 2 + messages, seq: messages };
  return [
    {
      ...{ type: "conversation", conversationId, rev: 1, kind: "group", status: "active", settings },
      ...{ createdBy: "ada", createdAt: 1, activeAt: 1, head },
    },
    participant(conversationId, "ada", 2),
    ...Array.from({ length: messages }, (_, index) => message(conversationId, index + 1, index + 3)),
  ];
}

export function participant(conversationId: string, userId: string, rev: number): Line {
  return { type: "participant", conversationId, userId, rev, role: "owner", status: "active", joinedAt: 1 };
}

export function message(conversationId: string, seq: number, rev: number): Line {
  return {
    ...{ type: "message", id: newId(), conversationId, rev, seq, kind: "text", authorId: "ada" },
    ...{ content: { text: `number ${seq}` }, sentAt: seq, createdAt: seq, version: 0, reactions: [] },
  };
}

/** Lines with the end that belongs to them: what a converter would write. */
export function sealed(lines: readonly (Line | string)[]): string {
  const body = lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join("");
  const sha256 = createHash("sha256").update(body).digest("hex");
  return `${body}${JSON.stringify({ type: "end", lines: lines.length, sha256 })}\n`;
}

/** A file, in chunks that end anywhere. */
export function chunksOf(text: string | Uint8Array, length = 1_000): () => AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  return async function* () {
    for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
  };
}
