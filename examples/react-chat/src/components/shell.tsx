import { useClient, useConversations, useObservable } from "@tidings/react";
import { useCallback, useState } from "react";
import type { Destination } from "../lib/chat-actions.ts";
import { AuthContext } from "../lib/http-api.ts";
import { followed } from "../lib/notification-link.ts";
import { useIsWide } from "../lib/use-is-wide.ts";
import { usePushes } from "../lib/use-pushes.ts";
import type { Session } from "../session.ts";
import { Chat } from "./chat.tsx";
import { NothingOpen } from "./nothing-open.tsx";
import { ReminderToasts } from "./reminder-toasts.tsx";
import { Sidebar } from "./sidebar.tsx";
import "../styles/shell.css";

/** The conversations beside the open one; on a phone one of the two. */
export function Shell({ session: { cable, auth } }: { readonly session: Session }) {
  const isWide = useIsWide();
  const [chosen, setChosen] = useState(() => followed()?.conversationId);
  const [destination, setDestination] = useState<Destination | undefined>(followed);
  const goTo = useCallback((conversationId: string | undefined, to?: Destination) => {
    setChosen(conversationId);
    setDestination(to);
  }, []);
  const pushes = usePushes(auth, goTo);
  const conversations = useConversations();
  const userId = useObservable(useClient().userId);
  // With room for both, the newest conversation is open from the start.
  const open = chosen ?? (isWide && userId !== undefined ? conversations[0]?.conversationId : undefined);
  if (isWide && chosen === undefined && open !== undefined) setChosen(open);

  return (
    <AuthContext.Provider value={auth}>
      <div className="shell" data-pane={open === undefined ? "list" : "chat"}>
        <ReminderToasts />
        <Sidebar current={open} onOpen={goTo} cable={cable} pushes={pushes} />
        {open === undefined ? (
          <NothingOpen />
        ) : (
          <Chat
            key={open}
            conversationId={open}
            destination={destination}
            onBack={() => goTo(undefined)}
            onOpen={goTo}
          />
        )}
      </div>
    </AuthContext.Provider>
  );
}
