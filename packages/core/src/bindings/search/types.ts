import type { Clock } from "../../base/clock.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Observable } from "../../base/observable.ts";
import type { MessagingError } from "../../errors/messaging-error.ts";
import type { MessageRecord } from "../../protocol/records.ts";
import type { Highlight, SearchFilter } from "../../protocol/search.ts";

/** A message that was looked for. @typeParam Custom - of its `custom`, if the app has a schema. */
export interface SearchMatch<Custom = JsonObject> {
  /** As it is shown everywhere else, if this client holds it. */
  readonly message: MessageRecord<Custom>;
  /** The parts of its text that were looked for: in order, apart. */
  readonly highlights: readonly Highlight[];
  /** This client holds it, in memory or on storage: it is there offline, too. Otherwise the backend has found it. */
  readonly isLocal: boolean;
}

/**
 * How far the backend has been asked: not yet, now, all it has found so far is here; there is no link, so it is asked when
 * there is one; it has no search; or it refused, and `error` says why.
 */
export type BackendSearch = "waiting" | "asking" | "answered" | "offline" | "unsupported" | "failed";

/** How many messages on storage, of conversations that were not opened in this life, are ready to be looked through. */
export interface KeptProgress {
  readonly done: number;
  readonly total: number;
}

/** What a search shows. The same object until something in it changes. */
export interface SearchState<Custom = JsonObject> {
  /** What is looked for. Undefined: nothing. */
  readonly filter: SearchFilter | undefined;
  /** The newest first, each message once, wherever it was found. */
  readonly items: readonly SearchMatch<Custom>[];
  /** Something is still being looked through: what is not here may come. */
  readonly isSearching: boolean;
  readonly backend: BackendSearch;
  /** What lies on storage is still being read, once in a life: what was found there so far is here. Undefined: all of it. */
  readonly progress: KeptProgress | undefined;
  /** The backend has more, or storage: `more()`. */
  readonly hasMore: boolean;
  readonly error: MessagingError | undefined;
}

/**
 * Looks for messages in what the client holds, at once, in what lies on its storage, and at the backend; follows what is said and changed meanwhile as
 * long as somebody is subscribed.
 */
export interface MessageSearch<Custom = JsonObject> extends Observable<SearchState<Custom>> {
  /** Looks for something else. What an earlier search still brings is dropped. */
  find(filter: SearchFilter | undefined): void;
  /** The next page of the backend, and of what lies on storage. Does nothing if there is none. */
  more(): Promise<void>;
}

export interface MessageSearchOptions {
  /** Of a page of the backend and of storage, and of what is found in one conversation in memory. Default 50. */
  readonly limit?: number;
  /** The backend is asked when nothing else was looked for this long. Default 200. */
  readonly delayMs?: number;
  /** Default: the system's. */
  readonly clock?: Clock;
}
