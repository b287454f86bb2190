"use client";

import { type Client, createClient } from "@tidings/core";
import { type ClientSnapshot, hydrate } from "@tidings/core/bindings";
import { MessagingProvider, useMessaging } from "@tidings/react";
import { webSocketTransport } from "@tidings/transport-ws";
import { type ReactElement, useState } from "react";

export interface ChatProps {
  readonly conversationId: string;
  readonly userId: string;
  readonly url: string;
  readonly snapshot: ClientSnapshot;
}

/** Rendered on the server and in the browser from the same snapshot, so both give the same HTML; only here it connects. */
export function Chat({ conversationId, ...known }: ChatProps): ReactElement {
  const [client] = useState(() => clientFrom(known));
  return (
    <MessagingProvider client={client}>
      <Room conversationId={conversationId} />
    </MessagingProvider>
  );
}

function clientFrom({ userId, url, snapshot }: Omit<ChatProps, "conversationId">): Client {
  const client = createClient({
    transport: webSocketTransport({ url }),
    auth: () => fetch(`/token?user=${encodeURIComponent(userId)}`).then((response) => response.text()),
  });
  hydrate(client, snapshot);
  return client;
}

function Room({ conversationId }: { readonly conversationId: string }): ReactElement {
  const { messages, composer, isConnected, typing } = useMessaging(conversationId);
  return (
    <main>
      <h1>{conversationId}</h1>
      <ol aria-live="polite">
        {messages.map(({ key, message, own, status }) => (
          <li key={key}>
            <b>{message.authorId}</b> {"text" in message.content && message.content.text}{" "}
            {own && <small>{status}</small>}
          </li>
        ))}
      </ol>
      {typing.length > 0 && <p>{typing.join(", ")} …</p>}
      <input aria-label="Message" {...composer.inputProps} />
      <p role="status">{isConnected ? "online" : "connecting"}</p>
    </main>
  );
}
