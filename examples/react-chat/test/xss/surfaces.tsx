/** Whatever of the example shows what others wrote, in a house full of people whose names and words are attacks. */
import type { ThreadSummary } from "@tidings/core/bindings";
import { MessagingProvider } from "@tidings/react";
import { createRoot } from "react-dom/client";
import { Announcer } from "../../src/components/announcer.tsx";
import { BlockedNotice } from "../../src/components/blocking.tsx";
import { ChatHeader } from "../../src/components/chat-header.tsx";
import { FiguresDialog } from "../../src/components/figures-dialog.tsx";
import { ForwardDialog } from "../../src/components/forward-dialog.tsx";
import { KeptPane } from "../../src/components/kept-pane.tsx";
import { MessageMenu, type OpenMenu } from "../../src/components/message-menu.tsx";
import { ModerationDialog } from "../../src/components/moderation-dialog.tsx";
import { NewConversation } from "../../src/components/new-conversation.tsx";
import { PeopleDialog } from "../../src/components/people-dialog.tsx";
import { ReminderToasts } from "../../src/components/reminder-toasts.tsx";
import { RemovedMessage } from "../../src/components/removed-message.tsx";
import { Replies } from "../../src/components/replies.tsx";
import { AppealDialog, ReportDialog } from "../../src/components/reporting.tsx";
import { RoomSettings } from "../../src/components/room-settings.tsx";
import { SearchPane } from "../../src/components/search-pane.tsx";
import { Suggestions } from "../../src/components/suggestions.tsx";
import { ThreadPane } from "../../src/components/thread-pane.tsx";
import { ToastProvider } from "../../src/components/toasts.tsx";
import { TypingIndicator } from "../../src/components/typing-indicator.tsx";
import { VersionsDialog } from "../../src/components/versions-dialog.tsx";
import type { Item, Message } from "../../src/lib/data.ts";
import { TextsProvider } from "../../src/texts/use-texts.tsx";
import { corpus } from "./corpus.ts";
import type { House } from "./house.ts";

const none = (): void => {};
/** For what shows one name at a time. */
export const allAtOnce = corpus.join(" ").replaceAll("\0", "");

/** What `@`, `#` and `:` offer, whoever thought of it. */
const suggestions = corpus.map((text, index) => {
  const type = (["mention", "group", "hashtag", "emoji"] as const)[index % 4] ?? "mention";
  return { type, value: `${index} ${text}`, label: text };
});

function threadOf(text: string): ThreadSummary {
  return { replies: 3, unread: 1, userIds: [text], lastAt: 0 };
}

function messageBy(authorId: string): Message {
  return {
    ...{ type: "message", id: "said", conversationId: "attacked", rev: 1, seq: 1, kind: "text", authorId },
    ...{ content: { text: "" }, sentAt: 0, createdAt: 0, version: 0, reactions: [] },
  };
}

/** By a moderator who says why. */
function removed(reason: string): Message {
  return { ...messageBy("ada"), deletedAt: 0, deletedBy: "ben", moderated: true, reason };
}

/** The menu of what somebody said. */
function menuOf(authorId: string, own = false): OpenMenu {
  const item: Item = {
    ...{ type: "message", key: "said", message: messageBy(authorId), status: "sent" },
    ...{ own, pending: false, error: undefined },
  };
  return { item, anchor: document.body };
}

function Surfaces({ house: { room, liked, polled, edited, root } }: { readonly house: House }) {
  const about = { conversationId: room, onClose: none };
  return (
    <>
      <ChatHeader conversationId={room} pane={undefined} onPane={none} onBack={none} />
      <Announcer conversationId={room} />
      <TypingIndicator conversationId={room} />
      <ThreadPane {...about} rootId={root} />
      <KeptPane {...about} />
      <RoomSettings {...about} />
      <PeopleDialog {...about} messageId={liked} type="reactors" />
      <PeopleDialog {...about} messageId={polled} type="voters" />
      <VersionsDialog {...about} messageId={edited} />
      <ForwardDialog {...about} messageId={liked} />
      <ReportDialog {...about} reported={{ userId: allAtOnce }} />
      <AppealDialog {...about} messageId={liked} />
      <BlockedNotice userId={allAtOnce} />
      <SearchPane {...about} />
      <ReminderToasts />
      <MessageMenu {...about} menu={menuOf("ada", true)} />
      <MessageMenu {...about} menu={menuOf(allAtOnce)} />
      <NewConversation onOpen={none} onClose={none} />
      <ModerationDialog {...about} title={allAtOnce} />
      <FiguresDialog {...about} title={allAtOnce} />
      {corpus.map((text, index) => (
        <div key={index}>
          <Replies rootId={root} tabIndex={0} thread={threadOf(text)} />
          <RemovedMessage message={removed(text)} isOwn={false} tabIndex={0} />
        </div>
      ))}
      <Suggestions
        id="suggested"
        composer={{ suggestions, active: 0, choose: none, inputRef: { current: null } }}
      />
    </>
  );
}

/** Names of the components that are on the page. */
export function renderedIn(places: readonly Element[]): readonly string[] {
  const names = new Set<string>();
  const walk = (first: Fiber | null): void => {
    for (let fiber = first; fiber; fiber = fiber.sibling) {
      const { name } = Object(Object(fiber.type).type ?? fiber.type);
      if (typeof name === "string") names.add(name.replace(/\d+$/u, "")); // as a bundle tells two of a name apart
      walk(fiber.child);
    }
  };
  for (const place of places)
    for (const [key, root] of Object.entries(place))
      if (key.startsWith("__reactContainer$")) walk(Object(root).stateNode.current);
  return [...names];
}

/** How React remembers what it has rendered; nothing that it promises, and all that tells what there is. */
interface Fiber {
  readonly type: unknown;
  readonly child: Fiber | null;
  readonly sibling: Fiber | null;
}

/** How much of it is on the page: of each place, the elements that stand for one string each. */
export function shownIn(place: ParentNode): Readonly<Record<string, number>> {
  const count = (selector: string): number => place.querySelectorAll(selector).length;
  return {
    thread: count(".thread .message"),
    members: count(".member"),
    plans: count(".plan"),
    kept: count(".results .result"),
    versions: count(".versions li"),
    places: count(".forward-places li"),
    people: count(".people li"),
    suggestions: count(".suggestion"),
    replies: count(".replies"),
    choices: count(".choices .choice"),
    cases: count(".case"),
    plots: count(".plot"),
    toasts: count(".toast[data-news=true]"),
    readers: count(".menu-note"),
  };
}

export function showSurfaces(place: HTMLElement, house: House): void {
  createRoot(place).render(
    <TextsProvider>
      <MessagingProvider client={house.client}>
        <ToastProvider>
          <Surfaces house={house} />
        </ToastProvider>
      </MessagingProvider>
    </TextsProvider>,
  );
}
