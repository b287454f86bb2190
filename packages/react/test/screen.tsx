import { screen } from "@testing-library/react";
import { useConnection, useConversations, useOutbox, useTimeline, useUnread } from "@tidings/react";
import type { ReactElement } from "react";

/** The text of what has this test id. */
export function shown(id: string): string | null {
  return screen.getByTestId(id).textContent;
}

export interface MessagesProps {
  readonly id?: string;
  readonly withStatus?: boolean;
}

export function Messages({ id = "general", withStatus = false }: MessagesProps): ReactElement {
  const lines = useTimeline(id).items.map((item) => {
    if (item.type === "hole" || !("text" in item.message.content)) return "?";
    return (withStatus ? `${item.status} ` : "") + item.message.content.text;
  });
  return <p data-testid="messages">{lines.join(", ")}</p>;
}

export function Status(): ReactElement {
  const [connection, conversations, outbox] = [useConnection(), useConversations(), useOutbox()];
  const names = conversations.map(({ conversationId }) => conversationId).sort();
  return (
    <p data-testid="status">{[connection.name, ...names, outbox.waiting, useUnread("general")].join()}</p>
  );
}
