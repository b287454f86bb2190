import type { Client } from "@tidings/core";
import { MessagingProvider, useMessaging } from "@tidings/react";
import type { ReactElement } from "react";

/** The page, on the server and in the browser: the same client state gives the same HTML. */
export function Page({ client }: { readonly client: Client }): ReactElement {
  return (
    <MessagingProvider client={client}>
      <Chat conversationId="general" />
    </MessagingProvider>
  );
}

function Chat({ conversationId }: { readonly conversationId: string }): ReactElement {
  const { messages, composer, isConnected, unread } = useMessaging(conversationId);
  return (
    <main>
      <h1>
        {conversationId} {unread > 0 && <small>{unread} new</small>}
      </h1>
      <ol aria-live="polite">
        {messages.map(({ key, message, own, status }) => (
          <li key={key}>
            <b>{message.authorId}</b> {"text" in message.content && message.content.text}{" "}
            {own && <small>{status}</small>}
          </li>
        ))}
      </ol>
      <input aria-label="Message" {...composer.inputProps} />
      <p role="status">{isConnected ? "online" : "connecting"}</p>
    </main>
  );
}
