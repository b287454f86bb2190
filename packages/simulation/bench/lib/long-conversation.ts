import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Command, defaultPolicy } from "@tidings/core/protocol";
import { createServer } from "@tidings/server";
import { openLibsqlStore } from "@tidings/server/store";
import { WebSocketServer } from "ws";
import { CONVERSATION, plainRecord, textOf } from "../page/react/plain-record.ts";
import { BENCH_SECRET, openTidingsLink, uuidv7 } from "./tidings-link.ts";

/** A conversation with a long past on the reference server, and somebody in it who speaks on demand. */
export interface LongConversation {
  readonly url: string;
  /** The same words, each as one JSON text to everyone who has connected: no history, no protocol. */
  readonly plainUrl: string;
  /** Says so many messages at a steady pace, to the readers of both. */
  speak(count: number, perSecond: number): Promise<void>;
  close(): Promise<void>;
}

const CHUNK = 2_000;

/** Ben has said `length` messages to Ada. */
export async function startLongConversation(length: number): Promise<LongConversation> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-bench-"));
  const store = openLibsqlStore({ file: join(folder, "long.db") });
  await fill(length, async (commands) => {
    const submissions = commands.map((command) => ({
      command,
      context: { actorId: "ben", at: command.at, limits: defaultPolicy.limits },
    }));
    for (const outcome of await store.commit(submissions, () => undefined))
      if (!outcome.ok) throw new Error(`unable to fill the conversation; ${outcome.message}`);
  });
  const policy = { ...defaultPolicy, rates: [] };
  const server = await createServer({
    port: 0,
    store,
    secret: BENCH_SECRET,
    origins: "*",
    lobbies: [],
    policy,
  });
  const plain = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
  const ben = await openTidingsLink(server.port, "ben");
  let said = 0;
  const say = (): void => {
    said += 1;
    ben.send({ type: "submit", id: said, lane: said, command: spoken(length + said) });
    const record = JSON.stringify(plainRecord(length + said));
    for (const reader of plain.clients) reader.send(record);
  };
  const address = plain.address();
  return {
    url: server.url,
    plainUrl: `ws://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    speak: (count, perSecond) =>
      new Promise((resolve) => {
        let left = count;
        const timer = setInterval(() => {
          say();
          left -= 1;
          if (left > 0) return;
          clearInterval(timer);
          resolve();
        }, 1_000 / perSecond);
      }),
    async close() {
      ben.close();
      plain.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** In chunks, as one transaction of everything would hold the process for seconds. */
async function fill(length: number, commit: (commands: readonly Command[]) => Promise<void>): Promise<void> {
  const participants = [{ userId: "ada" }];
  const common = { commandId: uuidv7(), conversationId: CONVERSATION, at: 1 };
  await commit([{ type: "conversation.create", kind: "group", ...common, participants }]);
  for (let from = 1; from <= length; from += CHUNK) {
    const many = Math.min(CHUNK, length - from + 1);
    await commit(Array.from({ length: many }, (_, index) => spoken(from + index)));
  }
}

function spoken(index: number): Command {
  const common = { commandId: uuidv7(), conversationId: CONVERSATION, at: index };
  return { type: "message.send", ...common, kind: "text", content: { text: textOf(index) } };
}
