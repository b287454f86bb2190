import type { Deed } from "./deeds.ts";
import type { Face, NotesFace } from "./face.ts";

/** What one member tells the run about itself. Goes through IPC, or out of a page: plain data. */
export type Word =
  /** It is up, and the first thing it did was to read what an earlier life had left. */
  | { readonly type: "ready" }
  /** `send` has resolved: from here on the message must come to be. */
  | Promised
  /** `send` was refused: it must never come to be. */
  | { readonly type: "refused"; readonly text: string; readonly code: string }
  /** It is about to do this: if it is killed, nobody knows how far that got. */
  | { readonly type: "tries"; readonly deed: Deed }
  /** What it tried has resolved, as this command: from here on it must take effect, or visibly fail. */
  | { readonly type: "kept"; readonly key: string; readonly id: string | undefined }
  /** What it tried was refused: it must never take effect. */
  | { readonly type: "denied"; readonly key: string; readonly code: string }
  /** What it was told of the quota of its disk. */
  | { readonly type: "limited"; readonly isDone: boolean }
  | { readonly type: "rests" }
  | { readonly type: "shows"; readonly state: Shown }
  | { readonly type: "recalls"; readonly stored: Stored }
  | { readonly type: "failed"; readonly what: string };

export interface Promised {
  readonly type: "promised";
  readonly id: string;
  readonly text: string;
  /** What it answers. */
  readonly replyTo?: string | undefined;
  readonly isPoll?: boolean | undefined;
}

/** What its storage alone shows. */
export interface Stored {
  /** By place; a hole as a dot. */
  readonly messages: readonly Face[];
  readonly notes: NotesFace;
}

/** What a member shows once it is at rest. */
export interface Shown extends Stored {
  /** How far everybody has read. */
  readonly read: readonly string[];
  /** Visible in its outbox as failed. */
  readonly failed: readonly Failed[];
}

export interface Failed {
  readonly id: string;
  readonly code: string | undefined;
}

export interface MemberState extends Shown {
  readonly stored: Stored;
}
