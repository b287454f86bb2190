import type { Attachment } from "@tidings/core/protocol";

/** A file as a message shows it. */
export interface FileProps {
  readonly file: Attachment;
  readonly conversationId: string;
}
