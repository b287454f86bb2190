/** The contenders without any SDK: messages in an array in `useState`, read from a socket. */
import { type ReactElement, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { arrived, useCommit } from "./commits.ts";
import { type PlainRecord, plainRecord } from "./plain-record.ts";
import { Row, VirtualList } from "./rows.tsx";

type Keep = (old: readonly PlainRecord[], message: PlainRecord) => readonly PlainRecord[];

const append: Keep = (old, message) => [...old, message];

/** What an app needs that is told some messages twice, and some late. */
const byIdInOrder: Keep = (old, message) =>
  [...old.filter(({ id }) => id !== message.id), message].toSorted((one, other) => one.seq - other.seq);

interface ScreenProps {
  readonly history: readonly PlainRecord[];
  readonly socket: WebSocket | undefined;
}

function useMessages({ history, socket }: ScreenProps, keep: Keep): readonly PlainRecord[] {
  const [messages, setMessages] = useState(history);
  useEffect(() => {
    const take = ({ data }: MessageEvent): void => {
      arrived();
      const message: PlainRecord = JSON.parse(String(data));
      setMessages((old) => keep(old, message));
    };
    socket?.addEventListener("message", take);
    return () => socket?.removeEventListener("message", take);
  }, [socket, keep]);
  useCommit(messages.at(-1)?.id);
  return messages;
}

const rowOf = ({ id, authorId, content }: PlainRecord): ReactElement => (
  <Row key={id} authorId={authorId} text={content.text} />
);

function LastFifty(props: ScreenProps): ReactElement {
  return <>{useMessages(props, append).slice(-50).map(rowOf)}</>;
}

function Virtual(props: ScreenProps): ReactElement {
  const messages = useMessages(props, append);
  return <VirtualList length={messages.length} row={(index) => rowAt(messages, index)} />;
}

function VirtualInOrder(props: ScreenProps): ReactElement {
  const messages = useMessages(props, byIdInOrder);
  return <VirtualList length={messages.length} row={(index) => rowAt(messages, index)} />;
}

function rowAt(messages: readonly PlainRecord[], index: number): ReactElement {
  const message = messages[index];
  return message ? rowOf(message) : <p>…</p>;
}

export type ArrayScreen = "slice" | "virtual" | "in-order";
const screens: Readonly<Record<ArrayScreen, (props: ScreenProps) => ReactElement>> = {
  slice: LastFifty,
  virtual: Virtual,
  "in-order": VirtualInOrder,
};

export function showArray(
  screen: ArrayScreen,
  history: readonly PlainRecord[],
  socket: WebSocket | undefined,
): void {
  const Screen = screens[screen];
  const root = createRoot(document.body.appendChild(document.createElement("main")));
  root.render(<Screen history={history} socket={socket} />);
}

/** As answers of a server come: a hundred messages in each JSON text. */
export function receiveHistory(length: number): readonly PlainRecord[] {
  const history: PlainRecord[] = [];
  for (let from = 1; from <= length; from += 100) {
    const page = JSON.stringify(Array.from({ length: 100 }, (_, index) => plainRecord(from + index)));
    const received: readonly PlainRecord[] = JSON.parse(page);
    history.push(...received);
  }
  return history;
}
