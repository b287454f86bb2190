import type { Upload, Uploads } from "./types.ts";

/** What files are attached to; `Composer<Upload>` is one. */
export interface Attaching {
  attach(upload: Upload): void;
}

/**
 * Puts back into the composer of a conversation what was attached to it and not sent: before a reload, in a tab that was
 * closed, or before another conversation was looked at. What is added from here on is for whoever adds it to attach.
 *
 * What was attached on another device stays there: its bytes may not have left it.
 *
 * @returns ends it: what comes back later is attached no more.
 * @example
 * ```ts fragment
 * const composer = createComposer<Upload>(client.conversation("general"), { draftOf });
 * const stop = attachUnsent(openUploads(client), "general", composer);
 * ```
 */
export function attachUnsent(uploads: Uploads, conversationId: string, composer: Attaching): () => void {
  const seen = new Set<string>();
  const look = (isMeant: (upload: Upload) => boolean): void => {
    for (const upload of uploads.list.get()) {
      if (upload.conversationId !== conversationId || seen.has(upload.fileId)) continue;
      seen.add(upload.fileId);
      if (upload.messageId === undefined && isMeant(upload)) composer.attach(upload);
    }
  };
  look(() => true);
  return uploads.list.subscribe(() => look(({ isTakenUp }) => isTakenUp));
}
