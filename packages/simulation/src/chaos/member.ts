import type { FaultProxy } from "@tidings/server/testing";
import type { MemberState, Word } from "./chatter.ts";

/** One member of the conversation, in a process or page that can be killed, behind a network of its own. */
export interface ChaosMember {
  readonly userId: string;
  readonly proxy: FaultProxy;
  /** Ends its process, or its tab, at once; its storage stays. */
  kill(): Promise<void>;
  /** Begins its next life. */
  start(): Promise<void>;
  /** Lets its storage grow by a few pages only, or takes that back. Where that can be done. */
  fill?(isFull: boolean): void;
  /** No more is sent; resolves when nothing waits. */
  rest(): Promise<void>;
  /** To be asked when all rest. */
  show(): Promise<MemberState>;
  close(): Promise<void>;
}

export interface ChaosMemberOptions {
  readonly userId: string;
  readonly proxy: FaultProxy;
  readonly token: string;
  /** For its storage. */
  readonly folder: string;
  readonly hear: (word: Word) => void;
}
