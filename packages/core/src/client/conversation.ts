import type { Draft } from "../compose/pipeline.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { optionMark } from "../protocol/polls.ts";
import type { Core } from "./core.ts";
import type { Intent } from "./commands.ts";
import { membersOf } from "./members.ts";
import { timelineOf } from "./timeline.ts";
import { typingOf } from "./typing.ts";
import type { Conversation, SendOptions, Sent } from "./types.ts";

/** The façade of one conversation: names for commands, no logic. */
export function createConversation(core: Core, id: string): Conversation {
  const replica = core.directory.open(id);
  core.keeper.open(replica);
  const give = (intent: Intent): Promise<Sent> => core.give(id, intent);

  const compose = (draft: string | Draft, options?: SendOptions): Draft => ({
    ...(typeof draft === "string" ? { text: draft } : draft),
    ...options,
  });

  return {
    id,
    timeline: timelineOf(core, replica),
    record: replica.conversation,
    members: membersOf(core, replica),
    unread: replica.unread,
    receipts: replica.receipts,
    readersOf: replica.readersOf,
    hasReacted: (messageId, emoji) => replica.records.hasReacted(messageId, core.userId() ?? "", emoji),
    typing: typingOf(core, id),
    rate: core.limiter.status(id),
    draft: core.keeper.drafts.of(id),
    check: (draft) => core.check(id, compose(draft)),
    send: (draft, { expiresInMs, id: messageId, ...options } = {}) =>
      core.send(id, compose(draft, options), { expiresInMs, id: messageId }),
    edit: (messageId, draft) => core.edit(id, messageId, compose(draft)),
    delete: (messageId) => give({ type: "message.delete", messageId }),
    react: (messageId, emoji) => give({ type: "message.react", messageId, emoji }),
    unreact: (messageId, emoji) => give({ type: "message.unreact", messageId, emoji }),
    vote: (messageId, choices) => give({ type: "poll.vote", messageId, choices }),
    closePoll: (messageId) => give({ type: "poll.close", messageId }),
    hasVoted: (messageId, option) =>
      replica.records.hasReacted(messageId, core.userId() ?? "", optionMark(option)),
    voters: (messageId, option, after) =>
      core.loader.query({
        ...{ type: "voters", conversationId: id, messageId, option, limit: core.limits().pageSize },
        ...(after !== undefined && { after }),
      }),
    pin: (messageId) => give({ type: "message.pin", messageId }),
    unpin: (messageId) => give({ type: "message.unpin", messageId }),
    async forward(messageId, toConversationId) {
      const message = replica.records.message(messageId);
      if (!message) {
        throw new MessagingError("message/not-found", {
          message: `unable to forward; message ${messageId} is not loaded`,
        });
      }
      if (message.deletedAt !== undefined) {
        throw new MessagingError("message/deleted", {
          message: `unable to forward; message ${messageId} was deleted`,
        });
      }
      const { kind, content, custom, authorId } = message;
      return core.give(toConversationId, {
        type: "message.send",
        kind,
        content,
        forward: { conversationId: id, messageId, authorId },
        ...(custom && { custom }),
      });
    },
    reactors: (messageId, emoji, after) =>
      core.loader.query({
        ...{ type: "reactors", conversationId: id, messageId, emoji, limit: core.limits().pageSize },
        ...(after !== undefined && { after }),
      }),
    may: (action) => core.may(replica, action),
    versions: (messageId) => core.loader.query({ type: "versions", conversationId: id, messageId }),
    markRead: (seq) => core.markRead(replica, seq),
    update: (patch) => give({ type: "conversation.update", ...patch }),
    setStatus: (status) => give({ type: "conversation.status", status }),
    join: () => give({ type: "participant.join" }),
    leave: () => give({ type: "participant.leave" }),
    notify: (notify) => give({ type: "participant.notify", notify }),
  };
}
