import type { Clock } from "@tidings/core";
import type { ServerFrame } from "@tidings/core/protocol";
import type { Connection, Connections } from "./connections.ts";
import type { Posts } from "./posts.ts";

/** Says frames to connections. */
export interface Delivery {
  /** To one; to several at once in as few messages as they fit into. */
  say(connectionId: string, frames: readonly ServerFrame[]): Promise<void>;
  /** To every open connection of these people. Whoever has gone is forgotten. */
  tell(userIds: Iterable<string>, frames: FramesFor, except?: string): Promise<void>;
  /** Says why, and ends it. */
  close(connectionId: string, closing: Omit<Extract<ServerFrame, { readonly type: "closing" }>, "type">): Promise<void>;
} // prettier-ignore

export type FramesFor = (connection: Connection) => readonly ServerFrame[];

/** A post may have 128 KB. */
export const MOST_BYTES: number = 120 * 1_024;
const USERS_AT_ONCE = 50;
/** A token's end is no surprise: the client renews it before. */
const GRACE_MS = 10_000;

export interface DeliveryOptions {
  readonly connections: Connections;
  readonly posts: Posts;
  readonly clock: Clock;
}

export function createDelivery({ connections, posts, clock }: DeliveryOptions): Delivery {
  const say = async (connectionId: string, frames: readonly ServerFrame[]): Promise<void> => {
    for (const text of packed(frames)) {
      if (await posts.post(connectionId, text)) continue;
      await connections.end(connectionId);
      return;
    }
  };

  const close: Delivery["close"] = async (connectionId, closing) => {
    await say(connectionId, [{ type: "closing", ...closing }]);
    await connections.end(connectionId);
    await posts.end(connectionId);
  };

  const tellOne = async (connection: Connection, frames: FramesFor): Promise<void> => {
    const open = await connections.opened(connection); // nothing comes before its welcome
    if (!open) return;
    if (isExpired(open, clock.now())) return close(open.id, { code: "auth/expired" });
    const wanted = frames(open);
    if (wanted.length > 0) await say(open.id, wanted);
  };

  return {
    say,
    close,
    async tell(userIds, frames, except) {
      const all = [...new Set(userIds)];
      for (let first = 0; first < all.length; first += USERS_AT_ONCE) {
        const some = all.slice(first, first + USERS_AT_ONCE);
        const found = await Promise.all(some.map((userId) => connections.ofUser(userId)));
        const others = found.flat().filter(({ id }) => id !== except);
        // One that cannot be reached keeps nothing from the others; what it lacks its next pong tells.
        await Promise.allSettled(others.map((each) => tellOne(each, frames)));
      }
    },
  };
}

export function isExpired({ tokenEndsAt = Infinity }: Connection, now: number): boolean {
  return tokenEndsAt + GRACE_MS < now;
}

/** Arrays of frames that fit into a post each. */
function packed(frames: readonly ServerFrame[]): readonly string[] {
  const posts: string[][] = [];
  let bytes = Infinity;
  for (const text of frames.map((frame) => JSON.stringify(frame))) {
    const more = new TextEncoder().encode(text).length + 1;
    if (bytes + more > MOST_BYTES) {
      posts.push([]);
      bytes = 2;
    }
    posts.at(-1)?.push(text);
    bytes += more;
  }
  return posts.map((texts) => `[${texts.join()}]`);
}
