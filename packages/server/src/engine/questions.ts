import {
  type FileQuery,
  isFileQuery,
  type Policy,
  type Query,
  type QueryFrame,
} from "@tidings/core/protocol";
import type { Answer, Store } from "../store/store.ts";
import type { FileDesk } from "./file-desk.ts";
import type { Clock } from "./clock.ts";
import type { Session } from "./online.ts";
import type { Outbound } from "./outbound.ts";
import { packetOf, refuse, rejectPacket } from "./packets.ts";

/** Queries of one link that are looked up at once; the others wait, so that no link keeps the store to itself. */
const AT_ONCE = 4;

export interface QuestionsOptions {
  readonly store: Store;
  /** Undefined: there are none. */
  readonly files: FileDesk | undefined;
  readonly outbound: Outbound;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly onFailure: (what: string, error: unknown) => void;
}

interface Waiting {
  readonly frames: QueryFrame[];
  running: number;
}

/** Answers queries: a few of each link in one turn of the event loop, then everybody else's turn. */
export class Questions {
  readonly #options: QuestionsOptions;
  readonly #waiting = new Map<Session, Waiting>();

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** Queries that wait for their turn. */
  get waiting(): number {
    let count = 0;
    for (const { frames } of this.#waiting.values()) count += frames.length;
    return count;
  }

  ask(session: Session, userId: string, frame: QueryFrame): void {
    session.inFlight += 1;
    let waiting = this.#waiting.get(session);
    if (!waiting) {
      waiting = { frames: [], running: 0 };
      this.#waiting.set(session, waiting);
    }
    waiting.frames.push(frame);
    if (waiting.running < AT_ONCE) void this.#next(session, userId, waiting);
  }

  async #next(session: Session, userId: string, waiting: Waiting): Promise<void> {
    const frame = session.phase === "closed" ? undefined : waiting.frames.shift();
    if (!frame) {
      if (waiting.running === 0) this.#waiting.delete(session);
      return;
    }
    waiting.running += 1;
    await this.#answer(session, userId, frame);
    waiting.running -= 1;
    session.inFlight -= 1;
    this.#options.clock.soon(() => void this.#next(session, userId, waiting));
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
    const { store, files } = this.#options;
    const found = await store.query(userId, { type: "conversation", conversationId: query.conversationId });
    if (!found.ok) return found;
    if (!files || !("self" in found.result)) return keepsNoFiles;
    return files.answer(userId, query, found.result);
  }

  /** The answer to one query, whoever brought it. */
  async lookUp(userId: string, query: Query): Promise<Answer> {
    const { store, policy, onFailure } = this.#options;
    const { pageSize } = policy.limits;
    const capped = "limit" in query ? { ...query, limit: Math.min(query.limit, pageSize) } : query;
    try {
      if (isFileQuery(capped)) return await this.#aboutFile(userId, capped);
      return await store.query(userId, capped);
    } catch (error) {
      onFailure("query", error);
      return refuse("server/unavailable", "unable to answer; try again", 1_000);
    }
  }
}

const keepsNoFiles: Answer = refuse("command/unsupported", "unable to answer; this server keeps no files");
