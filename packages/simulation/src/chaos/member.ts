import type { FaultProxy } from "@tidings/server/testing";
import type { Shown, Stored, Word } from "./word.ts";

/** How a member dies: its process by SIGKILL, its tab as running out of memory ends one, its whole browser by SIGKILL. */
export type Death = "kill member" | "crash page" | "kill browser";

/** One member of the conversation, in a process or page that can be killed, behind a network of its own. */
export interface ChaosMember {
  readonly userId: string;
  readonly proxy: FaultProxy;
  /** What may end it at once; its storage stays. Each resolves with whether there was a life to end. */
  readonly deaths: Readonly<Partial<Record<Death, () => Promise<boolean>>>>;
  /** Begins its next life. */
  start(): Promise<void>;
  /** Lets its storage grow by a few messages only, or takes that back; resolves with whether that is so now. */
  fill(isFull: boolean): Promise<boolean>;
  /** No more is said or done; resolves when nothing waits. */
  rest(): Promise<void>;
  /** To be asked when all rest. */
  show(): Promise<Shown>;
  /** To be asked when all have shown: what storage alone shows, the client gone. */
  recall(shown: Shown): Promise<Stored>;
  close(): Promise<void>;
}

export interface ChaosMemberOptions {
  readonly userId: string;
  /** Whom they may block. */
  readonly others: readonly string[];
  readonly proxy: FaultProxy;
  readonly token: string;
  /** For its storage. */
  readonly folder: string;
  readonly hear: (word: Word) => void;
}
