import type { Unsubscribe } from "../base/observable.ts";
import type { Client } from "../client/types.ts";
import { internalsOf } from "../client/internals.ts";
import type { CustomSchemas } from "../compose/custom.ts";
import { type Notice, noticeOf, reminderNoticeOf } from "../domain/notice.ts";
import { notebookOf, noteIdOf, type NoteSubject, type NoteValue } from "../protocol/notes.ts";
import type { NotifyRules } from "../protocol/notify-rules.ts";
import type { MessageRecord } from "../protocol/records.ts";
import type { Replica } from "../timeline/replica.ts";
import { notesOf } from "./notes-of.ts";

type Said = Pick<
  MessageRecord,
  "authorId" | "kind" | "deletedAt" | "content" | "conversationId" | "threadId"
>;

/** What decides whether the user is told of a message, as this device knows it. */
export interface Notices {
  /** It is known what the user has noted, or that they have noted nothing: until then nothing said here is to be trusted. */
  isKnown(): boolean;
  /** Is the user to be told, and of how much? */
  of(message: Said): Notice | undefined;
  /** How much the user is to be told of a reminder that is due. @param message - if it is here, and they may read it. */
  ofReminder(dueAt: number, message: Said | undefined): Notice;
  isMuted(conversationId: string): boolean;
  readonly end: Unsubscribe;
}

/**
 * The client follows the notebook from now on, whoever's it is.
 *
 * @param onNews - called whenever what is known of the notebook may have changed.
 */
export function openNotices<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
  onNews: () => void,
): Notices {
  const { core, session } = internalsOf(client);
  notesOf(client);

  const notebookNow = (): Replica | undefined => core.directory.peek(notebookOf(core.userId() ?? ""));
  const noted = (subject: NoteSubject): NoteValue | undefined =>
    notebookNow()?.records.note(noteIdOf(subject))?.value;

  let leave: Unsubscribe | undefined;
  const follow = (): void => {
    leave?.();
    leave = notebookNow()?.view.subscribe(onNews);
    onNews();
  };
  const ends = [session.userId.subscribe(follow), session.policy.subscribe(onNews)];
  leave = notebookNow()?.view.subscribe(onNews);

  const ownRules = (): NotifyRules | undefined =>
    noted({ kind: "notify", conversationId: notebookOf(core.userId() ?? "") })?.rules;
  const isBlocked = (userId: string): boolean =>
    noted({ kind: "block", userId, conversationId: notebookOf(core.userId() ?? "") }) !== undefined;

  return {
    isKnown() {
      if (!core.limits().notes) return true; // the backend keeps none
      const { absent = false, complete = false } = notebookNow()?.view.get() ?? {};
      return absent || complete;
    },
    of(message) {
      const userId = core.userId() ?? "";
      const { conversationId, threadId: messageId, authorId } = message;
      const { members, record } = client.conversation(conversationId);
      const self = members.get().find((member) => member.userId === userId);
      return noticeOf({
        message,
        reader: self ?? { userId, role: "member" },
        rules: ownRules(),
        muted: noted({ kind: "muted", conversationId }),
        follows:
          messageId !== undefined && noted({ kind: "followed", conversationId, messageId }) !== undefined,
        isBlocked: isBlocked(authorId),
        isConfidential: record.get()?.settings.confidential,
        now: session.serverNow(),
      });
    },
    ofReminder(dueAt, message) {
      const place = message && client.conversation(message.conversationId).record.get();
      return reminderNoticeOf({
        ...{ dueAt, message, rules: ownRules(), now: session.serverNow() },
        isBlocked: message && isBlocked(message.authorId),
        isConfidential: place?.settings.confidential,
      });
    },
    isMuted(conversationId) {
      const muted = noted({ kind: "muted", conversationId });
      return muted !== undefined && (muted.until ?? Infinity) > session.serverNow();
    },
    end() {
      leave?.();
      for (const end of ends) end();
    },
  };
}
