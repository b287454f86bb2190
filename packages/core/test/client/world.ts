import { createClient } from "../../src/client/create-client.ts";
import type { Client, ClientOptions, Conversation } from "../../src/client/types.ts";
import {
  createMemoryBackend,
  type MemoryBackend,
  type MemoryBackendOptions,
} from "../../src/memory/index.ts";
import { seededRandom } from "../../src/testing/seeded-random.ts";
import { type VirtualClock, virtualClock } from "../../src/testing/virtual-clock.ts";

/** A backend in memory, and clients of it, on one virtual clock. */
export interface World {
  readonly clock: VirtualClock;
  readonly backend: MemoryBackend;
  client(userId: string, options?: Partial<ClientOptions>): Client;
}

export function world(options: MemoryBackendOptions = {}): World {
  const clock = virtualClock(1_000_000);
  const backend = createMemoryBackend({ clock, random: seededRandom(1), ...options });
  let seed = 10;
  return {
    clock,
    backend,
    client: (userId, options) =>
      createClient({
        transport: backend.transport(userId),
        clock,
        random: seededRandom(seed++),
        ...options,
      }),
  };
}

/** A client that is online and has "general" open and complete. */
export async function member(
  { client, clock }: World,
  userId: string,
  options?: Partial<ClientOptions>,
): Promise<[Client, Conversation]> {
  const joined = client(userId, options);
  const room = joined.conversation("general");
  await joined.connect();
  await clock.settle();
  return [joined, room];
}

/** What a timeline shows, as texts and stretches of holes. */
export function texts(room: Conversation): string[] {
  return [...room.timeline.get().items].map((item) => {
    if (item.type === "hole") return `hole ${item.fromSeq}–${item.toSeq}`;
    return "text" in item.message.content ? item.message.content.text : "sealed";
  });
}
