import type { Change, ParticipantRecord, Receipt } from "@tidings/core/protocol";
import type { StoredConversation } from "../rows.ts";
import { LoadedRows } from "./loaded-rows.ts";
import type { Wanted } from "./wanted.ts";

/** One conversation as of the revision of `state`, with those of its people who were of interest. */
interface Remembered {
  state: StoredConversation;
  /** False once somebody else had changed it unheard, until what is remembered has once been found to be right. */
  readonly isTrusted: boolean;
  readonly since: number;
  readonly participants: Map<string, ParticipantRecord>;
  /** Undefined: they have none. */
  readonly receipts: Map<string, Receipt | undefined>;
}

/** Conversations, participants and watermarks together (D9): some tens of megabytes. */
const MOST = 50_000;
const KEPT_MS = 300_000;

/**
 * What a node remembers of the conversations it commits to: who is in them, how far they are. It is never believed: a
 * commit that goes by it takes effect only if the database finds the conversation at the revision that is remembered,
 * which each change of the conversation or of its participants moves.
 */
export class Recollection {
  readonly #now: () => number;
  readonly #conversations = new Map<string, Remembered>();
  #held = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Rows for the rules to go by; undefined if not all of them are remembered. */
  rowsFor(wanted: Wanted): LoadedRows | undefined {
    const others = [wanted.messages, wanted.reactions, wanted.notes, wanted.files];
    if (wanted.keys > 0 || others.some(({ size }) => size > 0)) return undefined;
    const rows = new LoadedRows();
    rows.expect(wanted);
    for (const id of wanted.conversations) {
      const known = this.#conversations.get(id);
      if (!known?.isTrusted || this.#now() - known.since >= KEPT_MS) return undefined;
      rows.addConversation(known.state);
    }
    for (const { conversationId, userId } of wanted.participants.values()) {
      const record = this.#conversations.get(conversationId)?.participants.get(userId);
      if (!record) return undefined;
      rows.addParticipant(record);
    }
    for (const { conversationId, userId } of wanted.receipts.values()) {
      const receipts = this.#conversations.get(conversationId)?.receipts;
      if (!receipts?.has(userId)) return undefined;
      const receipt = receipts.get(userId);
      if (receipt) rows.addReceipt(receipt);
    }
    return rows;
  }

  /** Takes over what a commit has read, under the locks of its conversations, and written. */
  learn(wanted: Wanted, rows: LoadedRows): void {
    const touched = new Map<number, Remembered>();
    for (const id of wanted.conversations) {
      const before = rows.conversation(id);
      if (before) touched.set(before.key, this.#recall(id, before));
    }
    for (const { conversationId, userId } of wanted.participants.values()) {
      const key = rows.conversation(conversationId)?.key ?? 0;
      const record = rows.participant(key, userId);
      if (record) this.#put(touched.get(key)?.participants, userId, record);
    }
    for (const { conversationId, userId } of wanted.receipts.values()) {
      const key = rows.conversation(conversationId)?.key ?? 0;
      this.#put(touched.get(key)?.receipts, userId, rows.receipt(key, conversationId, userId));
    }
    const { conversations, participants, receipts } = rows.writes;
    for (const { key, record } of participants)
      this.#put(touched.get(key)?.participants, record.userId, record);
    for (const { key, receipt } of receipts) this.#put(touched.get(key)?.receipts, receipt.userId, receipt);
    for (const { record, ...state } of conversations) {
      const known = touched.get(state.key);
      if (known && record) known.state = { ...state, record };
    }
    if (this.#held > MOST) this.clear();
  }

  /** What other nodes have committed: it follows messages, and forgets what anything else has changed. */
  hear(changes: readonly Change[]): void {
    for (const { conversationId, kind, rev, at, record } of changes) {
      const known = this.#conversations.get(conversationId);
      if (!known || rev <= known.state.head.rev) continue;
      const { state } = known;
      if (kind === "message.send" && record.type === "message" && rev === state.head.rev + 1)
        known.state = { ...state, head: { conversationId, rev, seq: record.seq }, activeAt: at };
      else this.#conversations.delete(conversationId);
    }
  }

  clear(): void {
    this.#conversations.clear();
    this.#held = 0;
  }

  /** What is remembered already, if it was right about the conversation as it was found. */
  #recall(conversationId: string, found: StoredConversation): Remembered {
    const known = this.#conversations.get(conversationId);
    const wasRight = known?.state.head.rev === found.head.rev;
    if (known && wasRight && known.isTrusted && this.#now() - known.since < KEPT_MS) return known;
    const fresh: Remembered = {
      ...{ state: found, isTrusted: !known || wasRight, since: this.#now() },
      ...{ participants: new Map(), receipts: new Map() },
    };
    this.#conversations.set(conversationId, fresh);
    this.#held += 1;
    return fresh;
  }

  #put<Row>(rows: Map<string, Row> | undefined, userId: string, row: Row): void {
    if (rows && !rows.has(userId)) this.#held += 1;
    rows?.set(userId, row);
  }
}
