import { type Clock, type Random, systemClock, systemRandom } from "@tidings/core";
import { entryOf, isMessagingError, MessagingError } from "@tidings/core/errors";
import {
  type AnyRecord,
  type ClientFrame,
  type Command,
  defaultPolicy,
  type Limits,
  type MalformedFrame,
  MOST_HEADS,
  parseClientFrames,
  type Policy,
  type Query,
  type Welcome,
} from "@tidings/core/protocol";
import { type Commits, createCommits } from "./commits.ts";
import { type Dynamo, DynamoError } from "./dynamo.ts";
import { createLobbies } from "./lobbies.ts";
import { ask, headsOf } from "./questions.ts";
import { type Refusal, refusalOf, unavailable } from "./refusal.ts";
import { enter, type Reader } from "./room.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

export interface BackendOptions {
  /** Where everything is kept: `createDynamo`, or what keeps to the same. */
  readonly database: Dynamo;
  /** Names this history. Give another after a backup was restored: it voids every cursor. */
  readonly epoch: string;
  /** If absent: the product's limits, without rates, and what a transaction of DynamoDB can hold. */
  readonly policy?: Policy;
  /** How long a message is kept; a year if absent. */
  readonly retentionMs?: number;
  /** How long an answer is remembered, 30 days if absent: a command that waits for longer may take effect twice. */
  readonly answersMs?: number;
  /** Conversations that everybody comes into: id to name. */
  readonly lobbies?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** What the resolvers hand on of a field: never what the client says of itself. */
export interface BackendRequest {
  readonly field: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly userId: string;
  /** When the token ends, seconds since 1970, if it is known. */
  readonly expiresAt?: number;
}

/** What becomes the field's value, or its error. */
export type BackendAnswer =
  { readonly value: unknown; readonly removed?: readonly string[] } | { readonly error: BackendError };

export interface BackendError {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}

export type Backend = (request: BackendRequest) => Promise<BackendAnswer>;

/** One transaction holds 100 rows, and whoever is invited takes two. */
const MOST_INVITED = 45;

export const appSyncPolicy: Policy = {
  ...defaultPolicy,
  rates: [],
  limits: offered({ ...defaultPolicy.limits, invitations: MOST_INVITED }),
};

/** No files, no polls, no look into another conversation or at pages elsewhere; and between two requests nobody who could do or delete anything. */
function offered(limits: Limits): Limits {
  const { files: _files, pollOptions: _polls, forwards: _forwards, ...later } = limits;
  const { planAheadMs: _later, keepAtLeastMs: _retention, reports: _reports, ...rest } = later;
  const { previews: _previews, ...others } = rest;
  return others;
}

/**
 * The rules of the product on DynamoDB, for a Lambda function behind AppSync: the fields `welcome`, `heads`, `ask` and
 * `submit` of the schema. It keeps nothing between two requests.
 */
export function createBackend(options: BackendOptions): Backend {
  const {
    database: dynamo,
    epoch,
    lobbies = {},
    policy: given = appSyncPolicy,
    retentionMs = 365 * DAY_MS,
  } = options;
  const { answersMs = 30 * DAY_MS, clock = systemClock, random = systemRandom } = options;
  const policy = { ...given, limits: offered(given.limits) };
  const { limits } = policy;
  const commits: Commits = createCommits({ dynamo, clock, random, limits, retentionMs, answersMs });
  const join = createLobbies(lobbies, { dynamo, commits, clock });

  const readerOf = (userId: string): Reader => ({ dynamo, epoch, userId, at: Math.floor(clock.now()) });

  const welcome = async ({ userId, expiresAt }: BackendRequest): Promise<Welcome> => {
    await join(userId);
    const reader = readerOf(userId);
    const heads = await headsOf(reader, MOST_HEADS);
    const life = expiresAt !== undefined && { tokenExpiresInMs: Math.max(0, expiresAt * 1_000 - reader.at) };
    return { userId, epoch, policy, heads, at: reader.at, ...life };
  };

  const submit = async ({ args, userId }: BackendRequest): Promise<BackendAnswer> => {
    const given = { ...Object(args["command"]), conversationId: args["conversationId"] };
    const command = readCommand(given);
    const outcome = await commits.commit(command, userId);
    if (!outcome.ok) return { error: errorOf(outcome) };
    const { ack } = outcome;
    const people = ack.changes.map(({ record }) => record).filter(isParticipant);
    const isPrivate = ack.receipt && !(await areReceiptsShared(readerOf(userId), command.conversationId));
    return {
      value: {
        conversationId: isPrivate ? null : command.conversationId,
        rev: ack.changes.at(-1)?.rev ?? null,
        audience: people.map((person) => person.userId),
        payload: ack,
      },
      removed: people
        .filter(({ status }) => status !== "active" && status !== "muted")
        .map((person) => person.userId),
    };
  };

  const answer = async (request: BackendRequest): Promise<BackendAnswer> => {
    const { field, args, userId } = request;
    switch (field) {
      case "welcome":
        return { value: await welcome(request) };
      case "heads":
        return { value: await headsOf(readerOf(userId), MOST_HEADS, Number(args["sinceMs"] ?? 0)) };
      case "ask":
        return { value: await ask(readerOf(userId), readQuery(args["query"]), limits.pageSize) };
      case "submit":
        return submit(request);
      default:
        throw new TypeError(`nothing stands behind the field "${field}"`);
    }
  };

  return async (request) => {
    try {
      return await answer(request);
    } catch (error) {
      if (isMessagingError(error)) return { error: errorOf(refusalOf(error)) };
      if (!(error instanceof DynamoError)) throw error;
      return { error: errorOf(refusalOf(unavailable(`answer; ${error.message}`))) };
    }
  };
}

async function areReceiptsShared(reader: Reader, conversationId: string): Promise<boolean> {
  const { meta } = await enter(reader, conversationId);
  return meta.conversation.settings.receipts;
}

/** @throws {MessagingError} `command/malformed` */
function readCommand(command: unknown): Command {
  const frame = readFrame({ type: "submit", id: 0, command });
  if (frame?.type === "submit") return frame.command;
  throw frame?.type === "malformed" ? frame.error : new MessagingError("command/malformed");
}

/** @throws {MessagingError} `query/malformed` */
function readQuery(query: unknown): Query {
  const frame = readFrame({ type: "query", id: 0, query });
  if (frame?.type === "query") return frame.query;
  throw frame?.type === "malformed" ? frame.error : new MessagingError("query/malformed");
}

function readFrame(frame: object): ClientFrame | MalformedFrame | undefined {
  const parsed = parseClientFrames(JSON.stringify(frame));
  return parsed.ok ? parsed.frames[0] : undefined;
}

function errorOf({ code, message, retryAfterMs }: Refusal): BackendError {
  const { retryable } = entryOf(code);
  return { code, message, retryable, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

function isParticipant(record: AnyRecord): record is Extract<AnyRecord, { readonly type: "participant" }> {
  return record.type === "participant";
}
