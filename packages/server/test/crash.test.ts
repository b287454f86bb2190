import type { ClientFrame, MessageRecord, ServerFrame } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { message, type RawClient } from "./support/raw-client.ts";
import { join, ServerProcess, startDoomedServer } from "./support/server-process.ts";
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

/** Commands submitted at once, in one WebSocket message and so in one commit. */
const AT_ONCE = 200;

describe("a server killed with SIGKILL", () => {
  it("[D2] between commit and ack answers as it would have: one message each, in its first place", async () => {
    const dataFile = temporaryFile("data.db");
    const submitted: Submit[] = [];
    let caught = 0;
    for (let round = 0; round < 2; round += 1) {
      const doomed = await startDoomedServer(dataFile);
      const client = await join(doomed.url, "ada");
      const frames = Array.from({ length: AT_ONCE }, (_, index) =>
        client.frame(message("general", `${round}/${index}`)),
      );
      submitted.push(...frames);
      await doomed.arm();
      client.socket.send(JSON.stringify(frames));
      await doomed.committed();
      await doomed.kill();
      await client.closed;
      caught += AT_ONCE - client.all("ack").length;

      const server = await ServerProcess.start(dataFile);
      const again = await server.join("ada");
      const acks = await resubmit(again, frames);
      expect(frames.map(({ command }) => acks.get(command.commandId))).toEqual(
        frames.map((_, index) => round * AT_ONCE + index + 1),
      );
      expect((await history(again)).map(({ id }) => id)).toEqual(
        submitted.map(({ command }) => command.commandId),
      );
      await server.kill();
    }
    expect(caught).toBe(submitted.length);
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
