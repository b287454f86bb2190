import { type Client, createClient } from "@tidings/core";
import type { MessageRecord } from "@tidings/core/protocol";
import type { TidingsServer } from "@tidings/server";
import { webSocketTransport } from "@tidings/transport-ws";
import { WebSocket } from "ws";
import { generalId } from "./history.ts";

/** How long Alan looks at a message, and then writes, ms: long enough to be seen. */
const LOOK_MS = 700;
const WRITE_MS = 1_600;
const answers: readonly string[] = [
  "Good point. I will look at the tables again.",
  "The coffee is on. Everything else can wait.",
  "Agreed, and written down in the log.",
  "I would not have thought of that. Tell me more?",
  "Yes. Or no: it depends on the wind.",
  "Give me until high water.",
];

export interface Alan {
  close(): Promise<void>;
}

/**
 * The third person of the demo: a client like any other, which reads, types, answers and reacts.
 *
 * @param quietMs - in company he leaves the word to others, unless he is asked, or nobody has said anything for so long.
 */
export async function bringAlan(server: TidingsServer, quietMs: number): Promise<Alan> {
  const client = createClient({
    transport: webSocketTransport({ url: server.url, WebSocket }),
    auth: () => server.issueToken("alan"),
    userId: "alan",
  });
  const timers = new Set<NodeJS.Timeout>();
  const after = (ms: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  };
  let spoken = 0;
  const lastOther = new Map<string, number>();

  client.on("message", (message) => {
    const { conversationId, authorId, createdAt } = message;
    const isAsked = wantsAlan(message, createdAt - (lastOther.get(conversationId) ?? 0) > quietMs);
    // Two who talk with each other are left alone.
    if (!isAsked || authorId === "alan") return void lastOther.set(conversationId, createdAt);
    after(LOOK_MS, () => {
      const room = client.conversation(conversationId);
      room.markRead();
      if (spoken % 2 === 0) void room.react(message.id, spoken % 4 === 0 ? "👍" : "🎉").catch(() => {});
      room.typing.notify();
      after(WRITE_MS, () => {
        room.typing.stop();
        const text = answers[spoken % answers.length] ?? "";
        spoken += 1;
        const { threadId } = message;
        void room.send(text, threadId === undefined ? {} : { threadId }).catch(() => {});
      });
    });
  });

  await client.connect();
  watchRooms(client);
  return {
    async close() {
      timers.forEach(clearTimeout);
      await client.close();
    },
  };
}

/** Asked by name, by a question, alone with somebody, or after a silence. */
function wantsAlan({ conversationId, content }: MessageRecord, isQuiet: boolean): boolean {
  const text = "text" in content ? content.text : "";
  if (conversationId.endsWith("-and-alan")) return true;
  return conversationId === generalId && (isQuiet || /\balan\b|\?\s*$/i.test(text));
}

/** Being there is seen by those who look at the same conversation. */
function watchRooms(client: Client): void {
  for (const { conversationId } of client.conversations.get()) {
    client.conversation(conversationId).typing.subscribe(() => {});
  }
}
