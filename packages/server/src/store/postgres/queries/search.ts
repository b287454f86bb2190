import { hitOf, searchPlan } from "@tidings/core/domain";
import type { ErrorCode } from "@tidings/core/errors";
import type { ParticipantRecord, SearchQuery } from "@tidings/core/protocol";
import { sql } from "kysely";
import type { Pool } from "pg";
import { mayRead, notFound } from "../../../access.ts";
import { answered, badToken } from "../../reading.ts";
import { type Found, Searches } from "../../searches.ts";
import type { Answer, Refusal } from "../../store.ts";
import { authorsBlockedBy } from "../blocks.ts";
import { wantedOf } from "../search-index.ts";
import type { Session } from "../session.ts";
import { array } from "../statement.ts";
import { build } from "../tables.ts";
import { open, readAs } from "./reader.ts";

interface Place {
  readonly conversation: number;
  readonly seq: number;
  readonly created_at: number;
}

/** Before all others, as the newest come first. */
const FIRST: Place = {
  conversation: Number.MAX_SAFE_INTEGER,
  seq: Number.MAX_SAFE_INTEGER,
  created_at: Number.MAX_SAFE_INTEGER,
};

const tooMuch: Refusal = Object.freeze({
  ok: false,
  code: "server/unavailable" satisfies ErrorCode,
  message: "unable to search; it takes too long, so name more words, or rarer ones",
});

export interface SearchOptions {
  readonly pool: Pool;
  /** A copy that may lag behind. */
  readonly replica: Pool | undefined;
  /** What takes longer is given up. */
  readonly timeoutMs: number;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Answers `search`: finds places in the index of words, then reads the messages there. Only places come from a replica,
 * and only if it is as far as the database in every conversation searched; who may read, and what is there, the database
 * says (D8).
 */
export class Search {
  readonly #options: SearchOptions;
  readonly #searches = new Searches<Place>();

  constructor(options: SearchOptions) {
    this.#options = options;
  }

  async answer(readerId: string, query: SearchQuery): Promise<Answer> {
    try {
      const found = this.#searches.recall(readerId, query) ?? (await this.#fromReplica(readerId, query));
      return await readAs(this.#options.pool, readerId, (session) =>
        this.#within(session, readerId, query, found),
      );
    } catch (error) {
      if (tookTooLong(error)) return tooMuch;
      throw error;
    }
  }

  async #within(
    session: Session,
    readerId: string,
    query: SearchQuery,
    known: Found<Place> | undefined,
  ): Promise<Answer> {
    const { conversationId } = query;
    const reading = conversationId === undefined ? undefined : await open(session, readerId, conversationId);
    if (conversationId !== undefined && !reading) return notFound;
    const plan = searchPlan(query, readerId);
    if (!plan) return answered<"search">({ items: [] });
    const start = startOf(query);
    if (!start) return badToken;
    const key = reading?.conversation.key ?? null;
    const { places, ...next } =
      known ??
      this.#searches.keep(readerId, query, await this.#find(session, wantedOf(plan), query, key, start));
    const [rows, blocked] = await Promise.all([
      session.all(messagesAt(readerId, places)),
      authorsBlockedBy(session, readerId),
    ]);
    const items = rows
      .filter(({ record, self }) => mayRead(self) && !blocked.has(record.authorId))
      .flatMap(({ record, self }) => hitOf(record, query, self) ?? []);
    return answered<"search">({ items, ...next });
  }

  /** @returns undefined if the database has to look itself. */
  async #fromReplica(readerId: string, query: SearchQuery): Promise<Found<Place> | undefined> {
    const { pool, replica, onFailure } = this.#options;
    const plan = searchPlan(query, readerId);
    const start = startOf(query);
    if (!replica || !plan || !start) return undefined;
    const { conversationId } = query;
    const heads = await readAs(pool, readerId, (session) => session.all(headsOf(readerId, conversationId)));
    if (heads.length === 0) return undefined;
    const key = conversationId === undefined ? null : (heads[0]?.key ?? null);
    try {
      const found = await readAs(replica, readerId, async (session) => {
        const behind = await session.first(behindOf(heads));
        return behind ? undefined : this.#find(session, wantedOf(plan), query, key, start);
      });
      return found && this.#searches.keep(readerId, query, found);
    } catch (error) {
      if (tookTooLong(error)) throw error;
      onFailure(error);
      return undefined;
    }
  }

  async #find(
    session: Session,
    wanted: string,
    { limit, since = 0, until = Number.MAX_SAFE_INTEGER }: SearchQuery,
    key: number | null,
    { created_at, conversation, seq }: Place,
  ): Promise<Found<Place>> {
    const [, found] = await Promise.all([
      session.all(sql`SELECT set_config('statement_timeout', ${String(this.#options.timeoutMs)}, true)`),
      session.all(sql<Place>`SELECT * FROM tidings_search(${wanted}::tsquery, ${key}::bigint, ${since}::bigint,
        ${until}::bigint, ${created_at}::bigint, ${conversation}::bigint, ${seq}::bigint, ${limit + 1}::int)`),
    ]);
    const places = found.slice(0, limit);
    const last = places.at(-1);
    return found.length > limit && last ? { places, next: tokenOf(last) } : { places };
  }
}

/** How PostgreSQL calls a statement that took too long. */
const QUERY_CANCELED = "57014";

function tookTooLong(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === QUERY_CANCELED;
}

function startOf({ after }: SearchQuery): Place | undefined {
  return after === undefined ? FIRST : placeOf(after);
}

interface Head {
  readonly key: number;
  readonly rev: number;
}

/** How far the conversations are that a reader searches. */
function headsOf(readerId: string, conversationId: string | undefined) {
  return build
    .selectFrom("memberships as m")
    .innerJoin("conversations as c", "c.key", "m.conversation")
    .select(["c.key", "c.rev"])
    .where("m.user_id", "=", readerId)
    .$if(conversationId !== undefined, (all) => all.where("c.id", "=", conversationId ?? ""));
}

/** One of them that is not as far here, or not yet known to be the reader's. */
function behindOf(heads: readonly Head[]) {
  const keys = array("bigint", heads.map(({ key }) => key)); // prettier-ignore
  const revs = array("bigint", heads.map(({ rev }) => rev)); // prettier-ignore
  return build
    .selectFrom(sql<Head>`unnest(${keys}, ${revs})`.as<"head">(sql`head (key, rev)`))
    .leftJoin("conversations as c", "c.key", "head.key")
    .select("head.key")
    .where((is) => is.or([is("c.rev", "is", null), is("c.rev", "<", is.ref("head.rev"))]))
    .limit(1);
}

/** Through the policies, like any others: what was found earlier may have been taken from the reader since (D8). */
function messagesAt(readerId: string, places: readonly Place[]) {
  const conversations = array("bigint", places.map(({ conversation }) => conversation)); // prettier-ignore
  const seqs = array("bigint", places.map(({ seq }) => seq)); // prettier-ignore
  return build
    .selectFrom("messages as m")
    .innerJoin("participants as p", "p.conversation", "m.conversation")
    .innerJoin(
      sql<Place>`unnest(${conversations}, ${seqs})`.as<"place">(sql`place (conversation, seq)`),
      (join) => join.onRef("place.conversation", "=", "m.conversation").onRef("place.seq", "=", "m.seq"),
    )
    .select(["m.record", sql<ParticipantRecord>`p.record`.as("self")])
    .where("p.user_id", "=", readerId)
    .orderBy("m.created_at", "desc")
    .orderBy("m.conversation", "desc")
    .orderBy("m.seq", "desc");
}

function tokenOf({ created_at, conversation, seq }: Place): string {
  return `${created_at}.${conversation}.${seq}`;
}

function placeOf(token: string): Place | undefined {
  const [, at, conversation, seq] = /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})$/u.exec(token) ?? [];
  if (at === undefined) return undefined;
  return { created_at: Number(at), conversation: Number(conversation), seq: Number(seq) };
}
