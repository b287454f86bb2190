import type { Clock } from "@tidings/core";
import type { PresenceStatus } from "@tidings/core/protocol";
import {
  docOf,
  type Dynamo,
  expiry,
  isKept,
  type Item,
  row,
  type Write,
} from "@tidings/transport-appsync/backend";

/** A pong that was sent, and when. */
export interface SentPong {
  readonly n: number;
  readonly at: number;
}

/** What is known of one connection between two calls of a function. */
export interface Connection {
  readonly id: string;
  /** Counts its changes, so that of two at once none is lost. */
  readonly version: number;
  /** `open` from when its welcome was posted: nothing may come before that. */
  readonly state: "connected" | "welcoming" | "open";
  /** Absent before its hello. */
  readonly userId?: string;
  readonly clientId?: string;
  /** Server time; absent if the token does not expire. */
  readonly tokenEndsAt?: number | undefined;
  readonly watching: readonly string[];
  readonly status: PresenceStatus;
  readonly pongs: readonly SentPong[];
}

/**
 * The table of connections. A row by connection, and one more by user once it is known whose it is: both are read as
 * strongly as they were written, which an index would not be.
 *
 *     pk              sk                  holds
 *     L#<connection>  L                   a connection
 *     U#<user>        L#<connection>      the same, for whoever delivers
 *     L#<connection>  N#<conversation>    the number its lane has got to
 *     T#<ticket>      T                   a ticket
 *
 * All of it goes by TTL after 24 hours; API Gateway ends connections after two.
 */
export interface Connections {
  begin(id: string): Promise<void>;
  find(id: string): Promise<Connection | undefined>;
  /** That connection once it is open, if it is about to be. @returns nothing if it is not, or has gone. */
  opened(connection: Connection): Promise<Connection | undefined>;
  ofUser(userId: string): Promise<readonly Connection[]>;
  /** @returns nothing if it has gone. */
  change(id: string, change: (before: Connection) => Partial<Connection>): Promise<Connection | undefined>;
  /** @returns what it was. */
  end(id: string): Promise<Connection | undefined>;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const MOST_TRIES = 32;
/** How long a welcome may take. */
const WELCOME = { tries: 100, everyMs: 30 };

export const connectionPartition = (id: string): string => `L#${id}`;
const userPartition = (userId: string): string => `U#${userId}`;
const SELF = "L";

export function createConnections(database: Dynamo, clock: Clock): Connections {
  const read = (items: readonly Item[]): readonly Connection[] =>
    items.filter((item) => isKept(item, clock.now())).map((item): Connection => docOf(item));

  const find = async (id: string): Promise<Connection | undefined> =>
    read(await database.get([{ pk: connectionPartition(id), sk: SELF }]))[0];

  const writesOf = (connection: Connection): readonly Write[] => {
    const { id, userId, version } = connection;
    const kept = { ...expiry(clock.now() + DAY_MS), version: { N: String(version) } };
    const condition = { expression: "version = :v", values: { ":v": { N: String(version - 1) } } };
    const own = { ...row(connectionPartition(id), SELF, connection), ...kept };
    const byUser = userId !== undefined && row(userPartition(userId), connectionPartition(id), connection);
    return [{ item: own, condition }, ...(byUser ? [{ item: { ...byUser, ...kept } }] : [])];
  };

  return {
    find,
    async opened(connection) {
      let found: Connection | undefined = connection;
      for (let tries = 0; found?.state === "welcoming" && tries < WELCOME.tries; tries += 1) {
        await sleep(clock, WELCOME.everyMs);
        found = await find(connection.id);
      }
      return found?.state === "open" ? found : undefined;
    },
    async begin(id) {
      const connection: Connection = {
        ...{ id, version: 0, state: "connected", watching: [], status: "online", pongs: [] },
      };
      const [write] = writesOf(connection);
      if (write && "item" in write) await database.write([{ item: write.item }]);
    },
    async ofUser(userId) {
      const from = { S: connectionPartition("") };
      const to = { S: connectionPartition("\u{10ffff}") };
      return read(await database.query({ pk: userPartition(userId), from, to }));
    },
    async change(id, change) {
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const before = await find(id);
        if (!before) return undefined;
        const after = { ...before, ...change(before), version: before.version + 1 };
        if (await database.write(writesOf(after))) return after;
      }
      return undefined;
    },
    async end(id) {
      const connection = await find(id);
      if (!connection) return undefined;
      const { userId } = connection;
      const byUser = userId === undefined ? [] : [{ pk: userPartition(userId), sk: connectionPartition(id) }];
      const keys = [{ pk: connectionPartition(id), sk: SELF }, ...byUser];
      for (let tries = 0; tries < MOST_TRIES; tries += 1)
        if (await database.write(keys.map((remove) => ({ remove })))) return connection;
      return undefined;
    },
  };
}

export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}
