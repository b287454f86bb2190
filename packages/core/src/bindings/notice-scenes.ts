import type { Client } from "../client/types.ts";
import { internalsOf } from "../client/internals.ts";
import type { CustomSchemas } from "../compose/custom.ts";
import { type Notice, noticeOf } from "../domain/notice.ts";
import { notebookOf, noteIdOf, type NoteSubject, type NoteValue } from "../protocol/notes.ts";
import type { MessageRecord } from "../protocol/records.ts";

type Said = Pick<
  MessageRecord,
  "authorId" | "kind" | "deletedAt" | "content" | "conversationId" | "threadId"
>;

/** What decides whether the user is told of a message, as this device knows it. */
export interface Notices {
  /** Is the user to be told, and of how much? */
  of(message: Said): Notice | undefined;
  isMuted(conversationId: string): boolean;
}

/** The notebook is read from storage at once, if the backend keeps one. */
export function openNotices<Schemas extends CustomSchemas>(client: Client<Schemas>): Notices {
  const { core, session } = internalsOf(client);

  const noted = (subject: NoteSubject): NoteValue | undefined => {
    const notebook = core.directory.open(notebookOf(core.userId() ?? ""));
    core.keeper.open(notebook);
    return notebook.records.note(noteIdOf(subject))?.value;
  };
  return {
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
  };
}
