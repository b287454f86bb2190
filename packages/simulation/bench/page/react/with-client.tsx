/** The contenders that are Tidings: the client, and a hook over it. */
import { type Client, createClient } from "@tidings/core";
import { memoryTransport } from "@tidings/core/memory";
import { MessagingProvider, useHistory, useTimeline } from "@tidings/react";
import { indexedDbStorage } from "@tidings/storage/indexeddb";
import { webSocketTransport } from "@tidings/transport-ws";
import type { ReactElement } from "react";
import { createRoot } from "react-dom/client";
import { arrived, useCommit } from "./commits.ts";
import { CONVERSATION } from "./plain-record.ts";
import { Row, VirtualList } from "./rows.tsx";

const DATABASE = "react-bench";

/** Notes when a message arrives, then goes on as ever. */
class NotedSocket extends WebSocket {
  constructor(address: string | URL, protocols?: string | string[]) {
    super(address, protocols);
    this.addEventListener("message", ({ data }) => {
      if (String(data).includes('"kind":"message.send"')) arrived();
    });
  }
}

function TimelineScreen(): ReactElement {
  const { items } = useTimeline(CONVERSATION, { size: 50 });
  useCommit(items.at(-1)?.key);
  return <>{items.map(rowOf)}</>;
}

function HistoryScreen(): ReactElement {
  const { items } = useHistory(CONVERSATION);
  useCommit(items.at(items.length - 1)?.key);
  return <VirtualList length={items.length} row={(index) => rowOf(items.at(index))} />;
}

function rowOf(item: ReturnType<typeof useTimeline>["items"][number] | undefined): ReactElement {
  if (item?.type !== "message") return <p key={item?.key}>…</p>;
  const { authorId, content } = item.message;
  return <Row key={item.key} authorId={authorId} text={"text" in content ? content.text : ""} />;
}

export type ClientScreen = "timeline" | "history";
const screens: Readonly<Record<ClientScreen, () => ReactElement>> = {
  timeline: TimelineScreen,
  history: HistoryScreen,
};

function show(client: Client, screen: ClientScreen): void {
  const Screen = screens[screen];
  const root = createRoot(document.body.appendChild(document.createElement("main")));
  root.render(
    <MessagingProvider client={client} connect={false}>
      <Screen />
    </MessagingProvider>,
  );
}

/** Connects and shows the newest page; answers how to load all the rest. */
export async function openClient(
  screen: ClientScreen,
  url: string,
  token: string,
): Promise<() => Promise<void>> {
  const client = createClient({
    transport: webSocketTransport({ url, WebSocket: NotedSocket }),
    storage: indexedDbStorage({ name: DATABASE }),
    userId: "ada",
    auth: token,
    maxMessages: 200_000,
  });
  await client.connect();
  show(client, screen);
  const { timeline } = client.conversation(CONVERSATION);
  return async () => {
    for (let page = 1; timeline.get().items.length === 0 || timeline.get().hasOlder; page += 1) {
      await timeline.loadOlder();
      if (page % 200 === 0)
        console.log(`${timeline.get().items.length.toLocaleString("en")} messages loaded`);
    }
  };
}

/** Without any network, out of what an earlier life has kept. */
export function showFromCache(screen: ClientScreen): void {
  const storage = indexedDbStorage({ name: DATABASE });
  show(createClient({ transport: memoryTransport(), storage, userId: "ada" }), screen);
}
