import type { ApplyContext } from "@tidings/core/domain";
import type {
  Ack,
  Change,
  Command,
  ConversationSettings,
  Head,
  MessageContent,
  QueryResults,
  QueryType,
  RecordQuery,
  UpdateConversation,
} from "@tidings/core/protocol";

import type { Archive } from "./archive.ts";
import type { Audit } from "./audit.ts";
import type { Cases } from "./cases.ts";
import type { Erasures } from "./erasures.ts";
import type { FiguresOf } from "./figures.ts";
import type { Plans } from "./plans.ts";
import type { FileTable } from "./files.ts";
import type { PreviewTable } from "./previews.ts";
import type { PushTargets } from "./push.ts";
import type { Refusal } from "./refusal.ts";
import type { Upkeep } from "./upkeep.ts";

export type { Refusal };

/**
 * Where records are kept. It knows who may read what (`access.ts`), applies commands with `apply`, and remembers what
 * it answered. One contract suite (`store-suite.ts`) holds every implementation to this page.
 */
export interface Store {
  /** Names this history; a restored backup or a migrated server has another, which voids every cursor. */
  readonly epoch: string;
  /**
   * Takes commands in the order given, in one transaction. Each is answered for itself: a refusal, or a command that
   * makes `apply` throw, does not touch the others. When the promise resolves, everything accepted is durable.
   *
   * @param admit - asked in order, right before a command would be applied or answered from memory.
   * @throws if nothing was committed, or nobody knows; every command may be submitted again (D2).
   */
  commit<Item extends Submission>(items: readonly Item[], admit: Admit<Item>): Promise<readonly Outcome[]>;
  /** How many commits it takes at the same time, of different conversations each. Absent: one. */
  readonly commitsAtOnce?: number | undefined;
  /** What `readerId` may see, and nothing else: what is not there and what is not theirs look the same (D8). */
  query(readerId: string, query: RecordQuery): Promise<Answer>;
  /** Every conversation `userId` is in, the most recently active first. */
  memberships(userId: string): Promise<readonly Membership[]>;
  /** Whom `userId` wants no contact with, and who wants none with them. Absent: it keeps no blocks. */
  blocks?: ((userId: string) => Promise<Blocks>) | undefined;
  /** The people of a direct conversation, and of any other none; undefined if there is none of that id. */
  peopleOf?: ((conversationId: string) => Promise<readonly string[] | undefined>) | undefined;
  /** Was `userId` ever in the conversation? Whoever left, or was removed, was. */
  wasIn(conversationId: string, userId: string): Promise<boolean>;
  /**
   * These changes are durable: what it remembers may follow them. Nobody has to tell it: it answers rightly all the
   * same. Absent: it remembers nothing.
   */
  heard?: ((changes: readonly Change[]) => void) | undefined;
  /** Forgets answers given before `before` (server time, ms), a bounded number at a time; how many it forgot. */
  forgetAnswers(before: number): Promise<number>;
  /** Absent: it keeps everything for good. */
  readonly upkeep?: Upkeep | undefined;
  /** Absent: it erases nobody. */
  readonly erasures?: Erasures | undefined;
  /** Absent: it does not count. */
  readonly figures?: FiguresOf | undefined;
  /** Absent: it does nothing later. */
  readonly plans?: Plans | undefined;
  /** Absent: it writes down no files, so the server takes none. */
  readonly files?: FileTable | undefined;
  /** Absent: it writes nothing down. */
  readonly audit?: Audit | undefined;
  /** Absent: nothing is shown to moderators. */
  readonly cases?: Cases | undefined;
  /** Absent: nobody can be pushed to. */
  readonly push?: PushTargets | undefined;
  /** Absent: it can neither be exported as a whole nor take an archive in. */
  readonly archive?: Archive | undefined;
  /** Absent: links are not looked up. */
  readonly previews?: PreviewTable | undefined;
  close(): Promise<void>;
}

/** A command, by whom and when. */
export interface Submission {
  readonly command: Command;
  readonly context: ApplyContext;
  /** Given by the server itself and never again: its answer need not be remembered. */
  readonly isOnce?: boolean;
  /**
   * Sent at its time by the server, and when that was planned, server time in ms: a refusal is not remembered, as its owner
   * may plan it again under the same id.
   */
  readonly plannedAt?: number | undefined;
  /** Why it is refused for good, whatever its conversation says; remembered like any other answer (D2). */
  readonly obstacle?: Refusal | undefined;
  /** What moderators have said of it. */
  readonly judged?: Judged | undefined;
}

/** What moderators have said of a message, of an edit, or of what a conversation says of itself. */
export interface Judged extends Pick<UpdateConversation, "name" | "description" | "custom"> {
  /** Why it is refused; remembered like any other answer, so that it stays refused. */
  readonly refused?: string;
  /** What is said instead, as are a `name`, a `description` and `custom`. */
  readonly content?: MessageContent;
  /** Shown to moderators, once it is said. */
  readonly flags?: readonly { readonly reason: string; readonly score: number }[];
}

/** @param isKnown - the command was answered before; if admitted, it gets that answer again. */
export type Admit<Item extends Submission> = (item: Item, isKnown: boolean) => Refusal | undefined;

export type Outcome = Committed | Recalled | Refusal;

/** The command took effect now. */
export interface Committed {
  readonly ok: true;
  readonly isKnown: false;
  readonly ack: Ack;
  /** Of the conversation, after this command. */
  readonly head: Head;
  readonly settings: ConversationSettings;
}

/** The command had taken effect before. Its records may be newer than in the first answer. */
export interface Recalled {
  readonly ok: true;
  readonly isKnown: true;
  readonly ack: Ack;
}

export type Answer = { readonly ok: true; readonly result: QueryResults[QueryType] } | Refusal;

/** Who has blocked whom, as one of them is concerned. */
export interface Blocks {
  readonly own: readonly string[];
  readonly by: readonly string[];
}

export interface Membership {
  readonly head: Head;
  readonly settings: ConversationSettings;
}
