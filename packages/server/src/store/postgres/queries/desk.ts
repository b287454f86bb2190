import type {
  AnyRecord,
  Change,
  ChangesQuery,
  HistoryQuery,
  OwnReactions,
  RecordQuery,
} from "@tidings/core/protocol";
import type { Pool } from "pg";
import { notFound } from "../../../access.ts";
import { answered } from "../../reading.ts";
import { RecentRecords } from "../../recent/recent-records.ts";
import type { Answer, Membership } from "../../store.ts";
import { editionOf, type Opened } from "./opened.ts";
import { hiddenIn, ownReactions } from "./own-reactions.ts";
import { answer, type ReadAlone } from "./queries.ts";
import { open, readAs } from "./reader.ts";
import { Search } from "./search.ts";
import { Together } from "./together.ts";

/** What is asked again and again of the newest records. */
export type RecentQuery = ChangesQuery | HistoryQuery;

export interface DeskOptions {
  readonly epoch: string;
  readonly pool: Pool;
  /** A copy that may lag behind. */
  readonly replica: Pool | undefined;
  readonly searchTimeoutMs: number;
  /** Told of each question about recent records whether the node could answer it by what it remembers. */
  readonly onRecalled: (type: RecentQuery["type"], isHit: boolean) => void;
  readonly onFailure: (error: unknown) => void;
}

/**
 * What a replica may answer, beside its part of a search. Catching up is not among it: to whoever knows more than a replica it would say that they
 * have to begin anew. Nor is what has no revision, as watermarks.
 */
const REPLICATED: ReadonlySet<RecordQuery["type"]> = new Set([
  "history",
  "participants",
  "reactors",
  "versions",
]);

/**
 * Answers what people ask. Each time the database says who may read and how far the conversation is, to many at once;
 * what the node remembers of it is not read again.
 */
export class Desk {
  readonly #options: DeskOptions;
  readonly #together: Together;
  readonly #search: Search;
  readonly #recent = new RecentRecords();
  /** What is being read that others wait for. */
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#together = new Together(options.pool);
    this.#search = new Search({ ...options, timeoutMs: options.searchTimeoutMs });
  }

  memberships(userId: string): Promise<readonly Membership[]> {
    return this.#together.memberships(userId);
  }

  hear(changes: readonly Change[]): void {
    this.#recent.hear(changes);
  }

  async query(readerId: string, query: RecordQuery): Promise<Answer> {
    if (query.type === "search") return this.#search.answer(readerId, query);
    if (query.type === "conversations") return this.#together.page(readerId, query);
    if (query.type === "conversation") return this.#together.summary(readerId, query);
    if (query.type !== "receipts" && !isRecent(query) && !this.#options.replica)
      return this.#alone(readerId, query);
    const opened = await this.#together.open(readerId, query.conversationId);
    if (!opened) return notFound;
    if (query.type === "receipts") return this.#together.receipts(opened, query);
    if (isRecent(query)) return this.#byMemory(opened, query);
    return (await this.#fromReplica(opened, query)) ?? this.#alone(readerId, query);
  }

  /** It says by itself who may read. */
  #alone(readerId: string, query: ReadAlone): Promise<Answer> {
    const { pool, epoch } = this.#options;
    return readAs(pool, readerId, (session) => answer(session, epoch, readerId, query));
  }

  async #byMemory(opened: Opened, query: RecentQuery): Promise<Answer> {
    const key = `${query.type} ${query.conversationId}`;
    let recalled = await this.#recall(opened, query);
    const underWay = this.#underWay.get(key);
    if (!recalled && underWay) {
      // All who come back to a conversation ask the same: what is being read for one serves the others.
      await underWay.catch(() => {});
      recalled = await this.#recall(opened, query);
    }
    this.#options.onRecalled(query.type, recalled !== undefined);
    if (recalled) return recalled;
    const reading = this.#read(opened, query);
    this.#underWay.set(key, reading);
    try {
      return await reading;
    } finally {
      if (this.#underWay.get(key) === reading) this.#underWay.delete(key);
    }
  }

  async #recall(opened: Opened, query: RecentQuery): Promise<Answer | undefined> {
    const { epoch } = this.#options;
    const { readerId, edition } = opened;
    const { head, record } = opened.conversation;
    if (query.type === "history") {
      const page = this.#recent.history({ head, edition }, query);
      return (
        page && answered<"history">({ epoch, ...page, head, own: await this.#own(readerId, page.messages) })
      );
    }
    // Whoever knows of more than there is begins anew.
    const page =
      query.afterRev > head.rev ? undefined : this.#recent.changes({ head, edition }, query, record);
    const own = page && (await this.#own(readerId, page.records));
    return page && answered<"changes">({ epoch, ...page, head, own: own ?? {}, reset: false });
  }

  /** No reader's own are remembered. */
  async #own(readerId: string, records: readonly AnyRecord[]): Promise<OwnReactions> {
    const hidden = hiddenIn(readerId, records);
    if (hidden.size === 0) return {};
    return readAs(this.#options.pool, readerId, (session) => ownReactions(session, readerId, hidden));
  }

  async #read(opened: Opened, query: RecentQuery): Promise<Answer> {
    const answer = (await this.#fromReplica(opened, query)) ?? (await this.#alone(opened.readerId, query));
    if (!answer.ok) return answer;
    const { result } = answer;
    if (query.type === "changes" && "upTo" in result)
      this.#recent.learnChanges(result, query, opened.edition);
    if (query.type === "history" && "floorSeq" in result) this.#recent.learnHistory(result, opened.edition);
    return answer;
  }

  /**
   * The database has said how far the conversation is, and what it has taken; the replica gives the page, if it is as far.
   *
   * @returns undefined if the database has to answer itself.
   */
  async #fromReplica(
    { readerId, conversation, edition }: Opened,
    query: ReadAlone,
  ): Promise<Answer | undefined> {
    const { replica, epoch, onFailure } = this.#options;
    if (!replica || !REPLICATED.has(query.type)) return undefined;
    try {
      return await readAs(replica, readerId, async (session) => {
        const door = open(session, readerId, query.conversationId);
        const [copy, itsEdition] = await Promise.all([door, editionOf(session)]);
        if (!copy || copy.conversation.head.rev < conversation.head.rev) return undefined;
        if (itsEdition !== edition) return undefined;
        return answer(session, epoch, readerId, query);
      });
    } catch (error) {
      onFailure(error);
      return undefined;
    }
  }
}

function isRecent(query: RecordQuery): query is RecentQuery {
  return query.type === "changes" || query.type === "history";
}
