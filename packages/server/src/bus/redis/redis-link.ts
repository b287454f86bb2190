import { Cluster, Redis, type RedisOptions } from "ioredis";

export type Connection = Redis | Cluster;

export interface RedisLinkOptions {
  /**
   * `redis://user:password@host:6379/0` (`rediss:` for TLS), `redis+sentinel://host:26379,host:26379/name` or
   * `redis+cluster://host:7000,host:7001`.
   */
  readonly url: string;
  readonly onFailure: (error: unknown) => void;
}

/** What is said while there is no connection is not kept: it would be old when it arrived. */
const settings = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 5_000,
  // Of what it asks by itself, before it is ready: what we ask, the speaker waits for.
  commandTimeout: 2_000,
  // A Redis that hangs says no good-bye.
  disconnectTimeout: 100,
  lazyConnect: true,
  retryStrategy: (attempt: number): number =>
    Math.min(2_000, 50 * 2 ** Math.min(attempt, 6)) * (0.5 + Math.random() / 2),
} satisfies RedisOptions;

const ADDRESS =
  /^(?<scheme>redis(?:s|\+sentinel|\+cluster)?):\/\/(?:(?<login>[^@]*)@)?(?<hosts>[^/]+)(?:\/(?<path>.*))?$/u;

/** Connects again whenever it has to, for as long as it is not closed. */
export function connect({ url, onFailure }: RedisLinkOptions): Connection {
  const connection = dial(url);
  connection.on("error", onFailure);
  connection.connect().catch(() => {}); // It goes on trying, and has said why.
  return connection;
}

function dial(url: string): Connection {
  const { scheme, login = "", hosts = "", path = "" } = ADDRESS.exec(url)?.groups ?? {};
  if (scheme !== "redis+sentinel" && scheme !== "redis+cluster") return new Redis(url, settings);
  const [username = "", password = ""] = login.split(":").map(decodeURIComponent);
  const credentials = { ...(username !== "" && { username }), ...(password !== "" && { password }) };
  const nodes = hosts.split(",").map((each) => {
    const [host = "", port = scheme === "redis+sentinel" ? "26379" : "6379"] = each.split(":");
    return { host, port: Number(port) };
  });
  if (scheme === "redis+sentinel")
    return new Redis({ ...settings, ...credentials, sentinels: nodes, name: path });
  const { retryStrategy, enableOfflineQueue, lazyConnect, ...each } = settings;
  return new Cluster(nodes, {
    redisOptions: { ...each, ...credentials },
    clusterRetryStrategy: retryStrategy,
    enableOfflineQueue,
    lazyConnect,
  });
}
