import { useClient, useConversations, useObservable } from "@tidings/react";
import { useCallback, useState } from "react";
import type { Cable } from "../lib/cable.ts";
import type { Destination } from "../lib/chat-actions.ts";
import { useIsWide } from "../lib/use-is-wide.ts";
import { Chat } from "./chat.tsx";
import { NothingOpen } from "./nothing-open.tsx";
import { Sidebar } from "./sidebar.tsx";
import "../styles/shell.css";

/** The conversations beside the open one; on a phone one of the two. */
export function Shell({ cable }: { readonly cable: Cable }) {
  const isWide = useIsWide();
  const [chosen, setChosen] = useState<string>();
  const [destination, setDestination] = useState<Destination>();
  const goTo = useCallback((conversationId: string | undefined, to?: Destination) => {
    setChosen(conversationId);
    setDestination(to);
  }, []);
  const conversations = useConversations();
  const userId = useObservable(useClient().userId);
  // With room for both, the newest conversation is open from the start.
  const open = chosen ?? (isWide && userId !== undefined ? conversations[0]?.conversationId : undefined);
  if (isWide && chosen === undefined && open !== undefined) setChosen(open);

  return (
    <div className="shell" data-pane={open === undefined ? "list" : "chat"}>
      <Sidebar current={open} onOpen={goTo} cable={cable} />
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
  );
}
