import type { Client } from "@tidings/core";
import {
  MessagingProvider,
  useConnection,
  useConversation,
  useConversations,
  useMembers,
  useMessaging,
  useNotifications,
  useObservable,
  useOutbox,
  usePresence,
  useReceipts,
} from "@tidings/react";
import { type ReactElement, Suspense } from "react";

export interface RoomProps {
  readonly id: string;
  /** Each rendering is noted down here. */
  readonly log: string[];
  /** Throws what there is to wait for. */
  readonly wait: () => void;
}

/** Everything hooks show, in one line. */
function Room({ id, log, wait }: RoomProps): ReactElement {
  wait();
  const { messages, isConnected, typing, unread, composer } = useMessaging(id);
  const room = useConversation(id);
  const last = useObservable(room.timeline, ({ items }) => ({ key: items.at(-1)?.key === undefined }));
  const line = [
    messages.map(({ message: { content } }) => ("text" in content ? content.text : "?")).join("+"),
    ...[isConnected, useConnection().name, typing.join("+"), unread, composer.text, last.key],
    ...[
      useOutbox().waiting,
      usePresence("ben"),
      useObservable(room.record)?.name,
      useNotifications().permission,
    ],
    ...[
      useMembers(id).length,
      useReceipts(id)
        .map(({ readSeq }) => readSeq)
        .join("+"),
    ],
  ].join();
  log.push(line);
  return <p className="room">{line}</p>;
}

/** Beside the boundary: what arrives is on screen here at once. */
function Newest(): ReactElement {
  const [first] = useConversations();
  const { content } = first?.lastMessage ?? {};
  return <nav>{content && "text" in content && content.text}</nav>;
}

export function latePage(client: Client, room: RoomProps): ReactElement {
  return (
    <MessagingProvider client={client} connect={false}>
      <main>
        <Newest />
        <Suspense fallback={<i>…</i>}>
          <Room {...room} />
        </Suspense>
      </main>
    </MessagingProvider>
  );
}
