import {
  type FileQuery,
  isFileQuery,
  type Policy,
  type PreviewQuery,
  type Query,
  type QueryFrame,
  type ReceiptsQuery,
} from "@tidings/core/protocol";
import type { Answer, Store } from "../store/store.ts";
import type { FileDesk } from "./file-desk.ts";
import type { Clock } from "./clock.ts";
import { type Contacts, isApart, isFree } from "./contacts.ts";
import { findMessage } from "./found-message.ts";
import type { Session } from "./online.ts";
import type { Outbound } from "./outbound.ts";
import type { PreviewDesk } from "./preview-desk.ts";
import { packetOf, refuse, rejectPacket } from "./packets.ts";

/** Queries of one link that are looked up at once; the others wait, so that no link keeps the store to itself. */
const AT_ONCE = 4;

/** What answers for what is not in the store. */
export interface Desks {
  /** Default: there are no files. */
  readonly files?: FileDesk | undefined;
  /** Default: links are not looked up. */
  readonly previews?: PreviewDesk | undefined;
}

export interface QuestionsOptions extends Desks {
  readonly store: Store;
  readonly outbound: Outbound;
  readonly contacts: Contacts;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly onFailure: (what: string, error: unknown) => void;
}

interface Waiting {
  readonly frames: QueryFrame[];
  running: number;
}

type Queues = Map<Session, Waiting>;

/**
 * Answers queries: a few of each link in one turn of the event loop, then everybody else's turn. What takes as long as
 * strangers take to answer waits apart, so that nothing else waits for them.
 */
export class Questions {
  readonly #options: QuestionsOptions;
  readonly #here: Queues = new Map();
  readonly #elsewhere: Queues = new Map();

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** Queries that wait for their turn. */
  get waiting(): number {
    let count = 0;
    for (const queues of [this.#here, this.#elsewhere])
      for (const { frames } of queues.values()) count += frames.length;
    return count;
  }

  ask(session: Session, userId: string, frame: QueryFrame): void {
    session.inFlight += 1;
    const queues = frame.query.type === "preview" ? this.#elsewhere : this.#here;
    const waiting = queues.get(session) ?? { frames: [], running: 0 };
    queues.set(session, waiting);
    waiting.frames.push(frame);
    if (waiting.running < AT_ONCE) void this.#next(session, userId, queues, waiting);
  }

  async #next(session: Session, userId: string, queues: Queues, waiting: Waiting): Promise<void> {
    const frame = session.phase === "closed" ? undefined : waiting.frames.shift();
    if (!frame) {
      if (waiting.running === 0) queues.delete(session);
      return;
    }
    waiting.running += 1;
    await this.#answer(session, userId, frame);
    waiting.running -= 1;
    session.inFlight -= 1;
    this.#options.clock.soon(() => void this.#next(session, userId, queues, waiting));
  }

  async #answer(session: Session, userId: string, { id, query }: QueryFrame): Promise<void> {
    const answer = await this.lookUp(userId, query);
    const packet = answer.ok
      ? packetOf({ type: "result", id, result: answer.result })
      : rejectPacket(id, answer);
    this.#options.outbound.push(session, packet);
  }

  /** Whoever is not in the conversation learns nothing, not even whether there are files (D8). */
  async #aboutFile(userId: string, query: FileQuery): Promise<Answer> {
    const { store, files, contacts } = this.#options;
    const found = await store.query(userId, { type: "conversation", conversationId: query.conversationId });
    if (!found.ok) return found;
    if (!files || !("self" in found.result)) return keepsNoFiles;
    const obstacle = query.type === "file.upload" && (await contacts.obstacle(userId, query));
    if (obstacle) return obstacle;
    return files.answer(userId, query, found.result);
  }

  /** Only of what stands in a message they may read (D8). */
  async #aboutPage(userId: string, query: PreviewQuery): Promise<Answer> {
    const { store, previews } = this.#options;
    const found = await findMessage(userId, query, store);
    if (!found.ok) return found;
    return previews ? previews.answer(userId, query, found) : looksNothingUp;
  }

  /** None of those from whom a block parts the one who asks: a page may be the shorter for it. */
  async #receipts(userId: string, query: ReceiptsQuery): Promise<Answer> {
    const { store, contacts } = this.#options;
    const answer = await store.query(userId, query);
    const ties = await contacts.of(userId);
    if (!answer.ok || !("items" in answer.result) || isFree(ties)) return answer;
    const { items: all, ...more } = answer.result;
    const items = all.flatMap((item) =>
      typeof item === "object" && "readSeq" in item && !isApart(ties, item.userId) ? [item] : [],
    );
    return { ok: true, result: { items, ...more } };
  }

  /** The answer to one query, whoever brought it. */
  async lookUp(userId: string, query: Query): Promise<Answer> {
    const { store, policy, onFailure } = this.#options;
    const { pageSize } = policy.limits;
    const capped = "limit" in query ? { ...query, limit: Math.min(query.limit, pageSize) } : query;
    try {
      if (isFileQuery(capped)) return await this.#aboutFile(userId, capped);
      if (capped.type === "preview") return await this.#aboutPage(userId, capped);
      if (capped.type === "receipts") return await this.#receipts(userId, capped);
      return await store.query(userId, capped);
    } catch (error) {
      onFailure("query", error);
      return refuse("server/unavailable", "unable to answer; try again", 1_000);
    }
  }
}

const looksNothingUp: Answer = refuse(
  "command/unsupported",
  "unable to answer; this server looks up no links",
);
const keepsNoFiles: Answer = refuse("command/unsupported", "unable to answer; this server keeps no files");
