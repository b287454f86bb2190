import type { MessageRecord } from "@tidings/core/protocol";
import { createContext, useContext } from "react";

/** A message one may go to, here or in another conversation; of one that is on screen the id is enough. */
export type Destination = string | Pick<MessageRecord, "id" | "seq" | "conversationId">;

/** What a message can make the chat around it do. Never changes, so no row renders for it. */
export interface ChatActions {
  readonly reply: (messageId: string) => void;
  readonly edit: (messageId: string) => void;
  /** Asks where a message is to go. */
  readonly forward: (messageId: string) => void;
  /** Shows what a message has said before. */
  readonly showVersions: (messageId: string) => void;
  /** Asks what is wrong with a message, or a person. */
  readonly report: (reported: { readonly messageId: string } | { readonly userId: string }) => void;
  /** Asks why a message should not have been removed. */
  readonly appeal: (messageId: string) => void;
  /** Shows who reacted to a message, or voted in a poll. */
  readonly showPeople: (messageId: string, type: "reactors" | "voters") => void;
  /** Asks for a day to go to. @param at - a time of the one that is offered, ms. */
  readonly chooseDay: (at: number) => void;
  readonly openThread: (rootId: string) => void;
  readonly jumpTo: (message: Destination) => void;
  /** The focus goes back to where one writes. */
  readonly leaveMessages: () => void;
}

const none = (): void => {};

export const ChatActionsContext = createContext<ChatActions>({
  ...{ reply: none, edit: none, forward: none, showVersions: none, openThread: none, jumpTo: none },
  ...{ report: none, appeal: none, showPeople: none, chooseDay: none, leaveMessages: none },
});

export function useChatActions(): ChatActions {
  return useContext(ChatActionsContext);
}
