import type { JsonObject, LinkEvent } from "@tidings/core";
import type { Ack, Command, Head, Query, Signal, Welcome } from "@tidings/core/protocol";

/** A GraphQL document with its variables. */
export interface GraphQlRequest {
  readonly query: string;
  readonly variables?: JsonObject;
}

/** One kind of question: how it is put in GraphQL, and what the answer's `data` say. */
export interface Operation<Question, Answer> {
  /** @throws {MessagingError} `command/unsupported` if the schema has no words for it. */
  put(question: Question): GraphQlRequest;
  /** Nothing if they cannot be read. What a backend says is never to be trusted to have its shape. */
  read(data: unknown, question: Question): Answer | undefined;
}

/** How typing and presence travel through GraphQL. */
export interface SignalOperations {
  /** A mutation; presence is told in each conversation that is watched. */
  readonly send: Operation<{ readonly conversationId: string; readonly signal: Signal }, unknown>;
  /** A subscription, by conversation. */
  readonly heard: Operation<string, readonly LinkEvent[]>;
}

/**
 * All that the transport says in GraphQL, as data: with others it speaks to a schema that is there already.
 * `defaultOperations` are those of the schema of `docs/guides/appsync.md`.
 *
 * What a subscription brings and cannot be read, as when the sender of an older app has selected too little, is taken
 * for a hint: the transport asks for the heads, and the client for what is missing.
 */
export interface AppSyncOperations {
  /** Who one is, and where the conversations are. */
  readonly welcome: Operation<{ readonly clientId: string }, Welcome>;
  /** Where all conversations of the user are, the most recently active first: at most 1 000. */
  readonly heads: Operation<undefined, readonly Head[]>;
  readonly submit: Operation<Command, Ack>;
  /** The answer's shape is checked against the query by the transport. */
  readonly query: Operation<Query, unknown>;
  /** A subscription to one conversation. */
  readonly heard: Operation<string, readonly LinkEvent[]>;
  /** A subscription to what concerns the user elsewhere, as being invited. Absent: heads tell, a little later. */
  readonly inbox?: Operation<Welcome, readonly LinkEvent[]>;
  /** Absent: typing and presence do not travel, unless they have a channel of their own. */
  readonly signals?: SignalOperations;
}
