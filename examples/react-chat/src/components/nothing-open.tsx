import type { MessagingError } from "@tidings/core";
import { useClient, useConnection, useConversations } from "@tidings/react";
import { useTexts } from "../texts/use-texts.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { MessagesLoading, Placeholder } from "./placeholder.tsx";
import { useAttempt } from "./toasts.tsx";

/** What stands beside the conversations while none is open: why, and what to do. */
export function NothingOpen() {
  const { t } = useTexts();
  const { name, error } = useConnection();
  const hasSome = useConversations().length > 0;
  if (!hasSome && name === "blocked" && error) return <Blocked error={error} />;
  return (
    <main className="chat">
      <ConnectionBanner />
      {hasSome ? (
        <Placeholder heading="h1" icon="wave" title={t.chooseConversation} hint={t.chooseHint} />
      ) : name === "online" ? (
        <Placeholder heading="h1" icon="wave" title={t.noConversations} hint={t.noConversationsHint} />
      ) : name === "connecting" || name === "idle" ? (
        <MessagesLoading label={t.loading} />
      ) : (
        <Placeholder heading="h1" icon="cable" title={t.offline} hint={t.remedies.connection} />
      )}
    </main>
  );
}

/** Nothing was ever loaded here, and nothing will be until the person has done something. */
function Blocked({ error }: { readonly error: MessagingError }) {
  const { t } = useTexts();
  const client = useClient();
  const attempt = useAttempt();
  return (
    <main className="chat">
      <Placeholder heading="h1" icon="alert" title={t.errorOf(error)} hint={t.remedies[error.category]}>
        <button type="button" className="button primary" onClick={() => attempt(() => client.connect())}>
          {t.tryAgain}
        </button>
        <code>{error.code}</code>
      </Placeholder>
    </main>
  );
}
