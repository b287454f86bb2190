import type { Clock } from "../base/clock.ts";
import type { JsonObject } from "../base/json.ts";
import type { Observable } from "../base/observable.ts";
import type { Sent } from "../client/types.ts";
import type { Draft } from "../compose/pipeline.ts";
import type { ErrorIssue, MessagingError } from "../errors/messaging-error.ts";
import type { TextRange } from "../protocol/records.ts";
import type { Suggestion } from "./mentions.ts";

/** What a composer shows. The same object until something in it changes. */
export interface ComposerState<Attachment = never> {
  readonly text: string;
  /** Where the caret belongs after the composer itself has changed the text; `undefined` leaves it where it is. */
  readonly caret: number | undefined;
  /** The message that is answered or edited. */
  readonly about: ComposerSubject | undefined;
  readonly attachments: readonly Attachment[];
  /** What is wrong with the text as it stands. An empty composer has nothing wrong, it has nothing to send. */
  readonly issues: readonly ErrorIssue[];
  readonly canSend: boolean;
  /** Until the next message may go; it can be sent all the same, and waits. Counts down while somebody listens. */
  readonly waitSeconds: number;
  /** What the name, tag or emoji being written may become; empty when none is. */
  readonly suggestions: readonly Suggestion[];
  /** Index of the suggestion that Enter or Tab takes. */
  readonly active: number;
  /** Why the last message came back. Gone with the next keystroke. */
  readonly error: MessagingError | undefined;
}

export interface ComposerSubject {
  readonly type: "reply" | "edit";
  readonly messageId: string;
}

/** What is about to be sent, for `ComposerOptions.draftOf`. */
export interface ComposerParts<Attachment> {
  readonly text: string;
  readonly ranges: readonly TextRange[];
  readonly attachments: readonly Attachment[];
}

/** @typeParam Custom - of the message's `custom`, if the app has a schema. */
export interface ComposerOptions<Attachment = never, Custom = JsonObject> {
  /** Whom `@` and these letters may mean, best first. Default: members whose id begins with them, and groups. */
  readonly suggest?: (query: string) => readonly Suggestion[] | Promise<readonly Suggestion[]>;
  /** Which tags `#` and these letters may become. Default: those of the newest messages, most used first. */
  readonly suggestTags?: (query: string) => readonly Suggestion[] | Promise<readonly Suggestion[]>;
  /**
   * Which emoji `:` and these letters may become, two letters at least. Default: none, as the list of names is an entry of its
   * own: `emojiNamed` of `@tidings/core/emoji`.
   */
  readonly suggestEmoji?: (query: string) => readonly Suggestion[] | Promise<readonly Suggestion[]>;
  /** What the parts become as a message. Needed by who attaches something; default: text and mentions. */
  readonly draftOf?: (parts: ComposerParts<Attachment>) => Draft<Custom>;
  /**
   * What is sent belongs to the thread of this message. Such a composer has a draft of its own, which ends with it; the
   * conversation's stays as it is.
   */
  readonly threadId?: string;
  /** For the countdown. Default: the system's. */
  readonly clock?: Clock;
}

/** The part of a `KeyboardEvent` a composer looks at. */
export interface KeyPress {
  readonly key: string;
  readonly shiftKey?: boolean;
  /** A word is being composed (Japanese, Chinese …): Enter chooses it. */
  readonly isComposing?: boolean;
}

/**
 * Everything a message input does, without the input: draft, validation while typing, countdown, mentions, replying,
 * editing, keys, the typing signal. What is written for a new message is the conversation's `draft`, and so is kept.
 */
export interface Composer<Attachment = never, Custom = JsonObject> extends Observable<
  ComposerState<Attachment>
> {
  /** The text of the input has changed. @param caret - default: its end. */
  write(text: string, caret?: number): void;
  reply(messageId: string): void;
  /** Puts a message's text here; what was being written waits. Does nothing if the message is not loaded. */
  edit(messageId: string): void;
  /** No longer answers or edits. */
  cancel(): void;
  /** What is attached already is so once. */
  attach(attachment: Attachment): void;
  detach(attachment: Attachment): void;
  /** Takes a suggestion. Default: the active one. */
  choose(suggestion?: Suggestion): void;
  /**
   * Sends, or finishes the edit. The composer is free at once; what is refused comes back to it with its `error`, unless
   * something else was begun. Never rejects: `undefined` if nothing was sent.
   */
  send(): Promise<Sent | undefined>;
  /**
   * As `send`, but what was written is given to somebody else, for instance to be sent later; `undefined` of an edit, which
   * is nothing to be sent.
   */
  sendBy(give: (draft: Draft<Custom>) => Promise<Sent>): Promise<Sent | undefined>;
  /**
   * Enter sends, Shift-Enter does not; Escape leaves suggestions, then the subject; arrow up in an empty composer edits
   * one's last message; arrows, Enter and Tab choose among suggestions.
   *
   * @returns whether that was all: then the input should do nothing (`preventDefault`).
   */
  press(event: KeyPress): boolean;
}
