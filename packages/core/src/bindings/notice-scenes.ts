import type { Unsubscribe } from "../base/observable.ts";
import type { Client } from "../client/types.ts";
import { internalsOf } from "../client/internals.ts";
import type { CustomSchemas } from "../compose/custom.ts";
import { type Notice, noticeOf } from "../domain/notice.ts";
import { notebookOf, noteIdOf, type NoteSubject, type NoteValue } from "../protocol/notes.ts";
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

  return {
    isKnown() {
      if (!core.limits().notes) return true; // the backend keeps none
      const { absent = false, complete = false } = notebookNow()?.view.get() ?? {};
      return absent || complete;
    },
    of(message) {
      const userId = core.userId() ?? "";
      const { conversationId, threadId: messageId, authorId } = message;
      const notebook = notebookOf(userId);
      const { members, record } = client.conversation(conversationId);
      const self = members.get().find((member) => member.userId === userId);
      return noticeOf({
        message,
        reader: self ?? { userId, role: "member" },
        rules: noted({ kind: "notify", conversationId: notebook })?.rules,
        muted: noted({ kind: "muted", conversationId }),
        follows:
          messageId !== undefined && noted({ kind: "followed", conversationId, messageId }) !== undefined,
        isBlocked: noted({ kind: "block", userId: authorId, conversationId: notebook }) !== undefined,
        isConfidential: record.get()?.settings.confidential,
        now: session.serverNow(),
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
