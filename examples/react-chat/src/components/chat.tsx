import { useComposer } from "@tidings/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { composing } from "../lib/composing.ts";
import { ChatActionsContext, type Destination } from "../lib/chat-actions.ts";
import { Announcer } from "./announcer.tsx";
import { ChatFoot } from "./chat-foot.tsx";
import { ChatHeader, type Pane } from "./chat-header.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { DayDialog } from "./day-dialog.tsx";
import { ForwardDialog } from "./forward-dialog.tsx";
import { KeptPane } from "./kept-pane.tsx";
import { NewPoll } from "./new-poll.tsx";
import { MessageList, type MessageListHandle } from "./message-list.tsx";
import { PeopleDialog } from "./people-dialog.tsx";
import { AppealDialog, ReportDialog, type Reported } from "./reporting.tsx";
import { RoomSettings } from "./room-settings.tsx";
import { SearchPane } from "./search-pane.tsx";
import { ThreadPane } from "./thread-pane.tsx";
import { VersionsDialog } from "./versions-dialog.tsx";
import "../styles/chat.css";

interface ChatProps {
  readonly conversationId: string;
  readonly onBack: () => void;
  /** Where to go first: what was found from another conversation. */
  readonly destination: Destination | undefined;
  readonly onOpen: (conversationId: string, destination?: Destination) => void;
}

/** One conversation: its messages, its input, and a pane beside them. */
export function Chat({ conversationId, onBack, onOpen, destination }: ChatProps) {
  const [pane, setPane] = useState<Pane>();
  const [dialog, setDialog] = useState<ChatDialogProps["dialog"]>();
  const list = useRef<MessageListHandle>(null);
  const composer = useComposer(conversationId, composing);
  const { reply, edit, inputRef } = composer;
  const closePane = useCallback(() => setPane(undefined), []);

  const actions = useMemo(
    () => ({
      reply: (messageId: string) => {
        reply(messageId);
        inputRef.current?.focus();
      },
      edit: (messageId: string) => {
        edit(messageId);
        inputRef.current?.focus();
      },
      forward: (messageId: string) => setDialog({ type: "forward", messageId }),
      showVersions: (messageId: string) => setDialog({ type: "versions", messageId }),
      report: (reported: Reported) => setDialog({ type: "report", reported }),
      appeal: (messageId: string) => setDialog({ type: "appeal", messageId }),
      showPeople: (messageId: string, type: "reactors" | "voters") => setDialog({ type, messageId }),
      chooseDay: (at: number) => setDialog({ type: "day", at }),
      openThread: (rootId: string) => setPane({ type: "thread", rootId }),
      jumpTo: (message: Destination) => {
        if (typeof message === "object" && message.conversationId !== conversationId)
          return onOpen(message.conversationId, message);
        uncover(setPane);
        list.current?.jumpTo(message);
      },
      leaveMessages: () => inputRef.current?.focus(),
    }),
    [reply, edit, inputRef, conversationId, onOpen],
  );
  useEffect(() => {
    if (destination !== undefined) list.current?.jumpTo(destination);
  }, [destination]);

  return (
    <ChatActionsContext.Provider value={actions}>
      <main className="chat" aria-labelledby="chat-title">
        <ChatHeader conversationId={conversationId} pane={pane?.type} onPane={setPane} onBack={onBack} />
        <ConnectionBanner />
        <MessageList ref={list} conversationId={conversationId} />
        <ChatFoot
          conversationId={conversationId}
          composer={composer}
          onPoll={() => setDialog({ type: "poll" })}
        />
        <Announcer conversationId={conversationId} />
      </main>
      {pane?.type === "search" && <SearchPane conversationId={conversationId} onClose={closePane} />}
      {pane?.type === "kept" && <KeptPane conversationId={conversationId} onClose={closePane} />}
      {pane?.type === "settings" && <RoomSettings conversationId={conversationId} onClose={closePane} />}
      {pane?.type === "thread" && (
        <ThreadPane
          key={pane.rootId}
          conversationId={conversationId}
          rootId={pane.rootId}
          onClose={closePane}
        />
      )}
      <ChatDialog
        conversationId={conversationId}
        dialog={dialog}
        onDay={(at) => {
          uncover(setPane);
          list.current?.toDay(at);
        }}
        onClose={() => setDialog(undefined)}
      />
    </ChatActionsContext.Provider>
  );
}

/** On a phone the pane covers the messages. */
function uncover(setPane: (pane: undefined) => void): void {
  if (!matchMedia("(min-width: 1080px)").matches) setPane(undefined);
}

interface ChatDialogProps {
  readonly conversationId: string;
  /** A poll to be asked, what moderators are to be told, or the message to be forwarded or followed back. */
  readonly dialog:
    | { readonly type: "poll" }
    | { readonly type: "report"; readonly reported: Reported }
    | { readonly type: "day"; readonly at: number }
    | {
        readonly type: "forward" | "versions" | "appeal" | "reactors" | "voters";
        readonly messageId: string;
      }
    | undefined;
  readonly onDay: (at: number) => void;
  readonly onClose: () => void;
}

function ChatDialog({ dialog, onDay, ...props }: ChatDialogProps) {
  switch (dialog?.type) {
    case undefined:
      return null;
    case "poll":
      return <NewPoll {...props} />;
    case "day":
      return <DayDialog at={dialog.at} onChoose={onDay} onClose={props.onClose} />;
    case "reactors":
    case "voters":
      return <PeopleDialog {...props} type={dialog.type} messageId={dialog.messageId} />;
    case "report":
      return <ReportDialog {...props} reported={dialog.reported} />;
    case "appeal":
      return <AppealDialog {...props} messageId={dialog.messageId} />;
    case "forward":
      return <ForwardDialog {...props} messageId={dialog.messageId} />;
    case "versions":
      return <VersionsDialog {...props} messageId={dialog.messageId} />;
  }
}
