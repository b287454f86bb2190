import type { Attachment, MessageKind, SendMessage, TextRange } from "@tidings/core/protocol";

/** What somebody is about to say. What is sealed is shown to nobody, so no moderator sees it. */
export interface ModeratedDraft {
  /** `"conversation"`: the name of one, what it says of itself, and its `custom`. */
  readonly kind: MessageKind | "conversation";
  /**
   * All that people may read of it, a line for each: what it says, then the options of a poll, then the names of files; of a
   * conversation its name, then its description. Behind that each text in `custom`, at whatever depth: only the app
   * knows which of them it shows.
   */
  readonly text: string;
  /** Of what it says. */
  readonly ranges: readonly TextRange[];
  readonly custom?: NonNullable<SendMessage["custom"]>;
  readonly attachments?: readonly Attachment[];
  /** The message it answers, and the one whose thread it belongs to. */
  readonly replyTo?: string;
  readonly threadId?: string;
}

/** By whom, where and when. */
export interface ModerationContext {
  readonly authorId: string;
  readonly conversationId: string;
  /** The message that it becomes, or becomes part of. Absent of a conversation. */
  readonly messageId?: string;
  /** Server time, ms. */
  readonly at: number;
  /** It takes the place of something said before. */
  readonly isEdit: boolean;
}

/** A stretch of the text; offsets in UTF-16 units, `end` exclusive. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

export type Verdict =
  | { readonly type: "pass" }
  /** Is said, with stars in place of these. */
  | { readonly type: "mask"; readonly ranges: readonly Stretch[] }
  /** Is said, and shown to moderators. `score` is from 0 to 1. */
  | { readonly type: "flag"; readonly reason: string; readonly score: number }
  /** Is not said: `moderation/refused`. */
  | { readonly type: "refuse"; readonly reason: string };

/**
 * Judges what is said before anybody sees it. It is asked once for each message and each edit, and for each conversation that
 * gets a name, a description or `custom`, on the node that takes it; a message that is sent again gets the first verdict. Whoever takes their time holds up nobody but the lane they judge, and
 * after half a minute not even that: then the command is refused for the moment. What is forwarded was judged where it was
 * said; here it counts as said, with an empty text.
 */
export type Moderator = (draft: ModeratedDraft, context: ModerationContext) => Verdict | Promise<Verdict>;

/** @throws {RangeError} if a moderator gave something else than a number from 0 to 1 */
export function soundScore(score: number): number {
  if (score >= 0 && score <= 1) return score;
  throw new RangeError(`unable to judge; ${score} is no score`);
}

export const pass: Verdict = Object.freeze({ type: "pass" });
