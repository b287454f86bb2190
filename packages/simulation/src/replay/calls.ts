import type { Client } from "@tidings/core";
import type { RecordedEntry } from "@tidings/core/inspect";
import type { Translation } from "./translation.ts";

export type Called = Extract<RecordedEntry, { readonly type: "call" }>;

/** Asks of the client what the app asked of it. */
export function repeatCall(client: Client, called: Called, translation: Translation): void {
  try {
    const result = resultOf(client, translation.toReplay(called), called, translation);
    if (result instanceof Promise) result.catch(() => {}); // the app was told, too
  } catch {} // as it threw there
}

function resultOf(
  client: Client,
  { name, conversationId = "", args }: Called,
  { became }: Called,
  translation: Translation,
): unknown {
  const [first] = args;
  const [text, number] = [String(first), typeof first === "number" ? first : undefined];
  const room = (): ReturnType<Client["conversation"]> => client.conversation(conversationId);
  switch (name) {
    case "connect":
      return client.connect();
    case "disconnect":
      return client.disconnect();
    case "close":
      return client.close();
    case "open":
      return room();
    case "retry": {
      const { id } = client.outbox.retry(text);
      return became !== undefined && translation.learn(became, id);
    }
    case "cancel":
      return client.outbox.cancel(text);
    case "setPresence":
      return client.setPresence(text === "away" || text === "offline" ? text : "online");
    case "loadOlder":
      return room().timeline.loadOlder();
    case "loadNewer":
      return room().timeline.loadNewer();
    case "loadAround":
      return room().timeline.loadAround(number ?? 0);
    case "loadAt":
      return room().timeline.loadAt(number ?? 0);
    case "loadMembers":
      return room().members.load();
    case "versions":
      return room().versions(text);
    case "reactors":
      return room().reactors(text, "?");
    case "markRead":
      return room().markRead(number);
    case "typing":
      return room().typing.notify();
    case "stopTyping":
      return room().typing.stop();
    case "draft":
      return room().draft.set(text);
  }
}
