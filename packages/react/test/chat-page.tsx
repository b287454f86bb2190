import type { Client } from "@tidings/core";
import { MessagingProvider, useConversations, useMembers, useMessaging, useReceipts } from "@tidings/react";
import { type ReactElement, StrictMode } from "react";

function Chat(): ReactElement {
  const { messages, composer, isConnected, unread, timeline } = useMessaging("general");
  const lines = messages.map(({ key, message, status }) => (
    <li key={key}>
      {status} {"text" in message.content && message.content.text}
    </li>
  ));
  return (
    <main>
      <nav>{useConversations().map(({ conversationId }) => `${conversationId} `)}</nav>
      <p>{[isConnected, unread, timeline.hasOlder, timeline.dividerKey].join()}</p>
      <p>{useMembers("general").map(({ userId }) => `${userId} `)}</p>
      <p>{useReceipts("general").map(({ userId, readSeq }) => `${userId} ${readSeq} `)}</p>
      <ol>{lines}</ol>
      <input {...composer.inputProps} />
    </main>
  );
}

/** Everything hooks show of a conversation, on one page. */
export const page = (client: Client): ReactElement => (
  <StrictMode>
    <MessagingProvider client={client}>
      <Chat />
    </MessagingProvider>
  </StrictMode>
);
