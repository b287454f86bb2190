import type { ClientFrame, MessageRecord, ServerFrame } from "@tidings/core/protocol";
import Database from "libsql";
import { describe, expect, it } from "vitest";
import { message, type RawClient } from "./support/raw-client.ts";
import { ServerProcess } from "./support/server-process.ts";
import { temporaryFile } from "./support/temporary-file.ts";

type Submit = Extract<ClientFrame, { type: "submit" }>;
type AckFrame = Extract<ServerFrame, { type: "ack" }>;

function seqOf({ ack }: AckFrame): number {
  const [change] = ack.changes;
  if (change?.record.type !== "message") throw new Error("the ack has no message");
  return change.record.seq;
}

async function history(client: RawClient): Promise<readonly MessageRecord[]> {
  const messages: MessageRecord[] = [];
  for (let after = 0; ; after = messages.at(-1)?.seq ?? 0) {
    const page = await client.query({ type: "history", conversationId: "general", after, limit: 100 });
    messages.push(...page.messages);
    if (page.messages.length === 0) return messages;
  }
}

/** Submits anew what was submitted before, in one go; the sequence each is acknowledged with, by command id. */
async function resubmit(client: RawClient, frames: readonly Submit[]): Promise<ReadonlyMap<string, number>> {
  const again = frames.map(({ command }) => client.frame(command));
  client.send(...again);
  const answers = await Promise.all(again.map(({ id }) => client.answer(id)));
  return new Map(
    answers.map((answer) => {
      if (answer.type !== "ack") throw new Error(`refused: ${answer.code}`);
      return [answer.ack.commandId, seqOf(answer)];
    }),
  );
}

/** Commands submitted at once: enough that their acks are still being written when their commit can be seen. */
const AT_ONCE = 200;

describe("a server killed with SIGKILL", () => {
  it("[D2] between commit and ack answers as it would have: one message each, in its first place", async () => {
    const dataFile = temporaryFile("data.db");
    let server = await ServerProcess.start(dataFile);
    const reader = new Database(dataFile, { readonly: true });
    const isThere = reader.prepare("SELECT 1 FROM messages WHERE id = ?");
    const submitted: Submit[] = [];
    for (let round = 0; round < 3; round += 1) {
      const client = await server.join("ada");
      const frames = Array.from({ length: AT_ONCE }, (_, index) =>
        client.frame(message("general", `${round}/${index}`)),
      );
      const last = frames.at(-1)?.command.commandId;
      submitted.push(...frames);
      await new Promise<void>((resolve) => client.socket.send(JSON.stringify(frames), () => resolve()));
      // Without leaving this turn: the server is killed the moment the commit can be seen from outside.
      const until = performance.now() + 10_000;
      while (!isThere.get(last) && performance.now() < until);
      void server.kill();
      await client.closed;
      await server.exited;

      server = await ServerProcess.start(dataFile);
      const again = await server.join("ada");
      const acks = await resubmit(again, frames);
      expect(frames.map(({ command }) => acks.get(command.commandId))).toEqual(
        frames.map((_, index) => round * AT_ONCE + index + 1),
      );
      await again.close();
    }
    const client = await server.join("ada");
    expect((await history(client)).map(({ id }) => id)).toEqual(
      submitted.map(({ command }) => command.commandId),
    );
    reader.close();
  }, 120_000);

  it("[D1] under load keeps everything it acknowledged, in order, and takes the rest exactly once", async () => {
    const dataFile = temporaryFile("data.db");
    const submitted: Submit[] = [];
    const firstSeqs = new Map<string, number>();
    const remember = (commandId: string, seq: number): void => {
      expect(firstSeqs.get(commandId) ?? seq).toBe(seq);
      firstSeqs.set(commandId, seq);
    };
    for (let round = 0; round < 4; round += 1) {
      const server = await ServerProcess.start(dataFile);
      const client = await server.join("ada");
      for (const [commandId, seq] of await resubmit(client, submitted.slice(-AT_ONCE)))
        remember(commandId, seq);
      const frames = Array.from({ length: AT_ONCE }, (_, index) =>
        client.frame(message("general", `${round}/${index}`)),
      );
      submitted.push(...frames);
      for (const frame of frames) client.send(frame); // One by one: many commits, and no pause between them.
      await client.answer(frames[round * 60]?.id ?? 0);
      await server.kill();
      await client.closed;
      for (const frame of client.all("ack")) remember(frame.ack.commandId, seqOf(frame));
    }
    const server = await ServerProcess.start(dataFile);
    const client = await server.join("ada");
    for (const [commandId, seq] of await resubmit(client, submitted.slice(-AT_ONCE)))
      remember(commandId, seq);
    const messages = await history(client);
    expect(messages.map(({ id }) => id)).toEqual(submitted.map(({ command }) => command.commandId));
    for (const { id, seq } of messages) expect(firstSeqs.get(id)).toBe(seq);
  }, 120_000);
});
