import type { ErrorCode } from "@tidings/core/errors";
import type { AnyRecord, ChangeKind } from "@tidings/core/protocol";

/** What a command was answered. Records by reference only: an edit or a deletion must not leave the old text here. */
export type StoredAnswer = RefusedAnswer | AcceptedAnswer;

interface RefusedAnswer {
  readonly code: ErrorCode;
  readonly message: string;
}

interface AcceptedAnswer {
  readonly kind: ChangeKind;
  readonly at: number;
  readonly emoji?: string;
  readonly records: readonly RecordReference[];
}

interface RecordReference {
  readonly type: AnyRecord["type"];
  /** User, message or note; empty for the conversation. */
  readonly id: string;
  readonly rev: number;
}
