import type { Client, Conversation } from "../client/types.ts";
import { createClient } from "../client/create-client.ts";
import { createMemoryBackend, type MemoryBackend } from "../memory/backend.ts";
import { memoryStorage } from "../memory/storage.ts";
import type { Storage } from "../ports/storage.ts";
import type { Receipt } from "../protocol/receipts.ts";
import type { TimelineItem } from "../timeline/item.ts";
import { countListeners } from "./count-listeners.ts";
import { expectSame } from "./kit.ts";
import { seededRandom } from "./seeded-random.ts";
import { type VirtualClock, virtualClock } from "./virtual-clock.ts";

/**
 * The parts of a view, each of one observable: a window of 50 items of the conversation's timeline, its `unread`, `typing`
 * and `receipts`, and the client's `connection`.
 */
export type BindingPart = "messages" | "unread" | "typing" | "receipts" | "connection";

/** A view of one conversation on screen, made with the binding under test. Each of its parts renders by itself. */
export interface BindingView {
  /** What a part shows, in the words of `bindingText`. */
  read(part: BindingPart): string;
  /** How often a part has rendered. */
  renders(part: BindingPart): number;
  /** Shows another conversation from now on. */
  show(conversationId: string): void | Promise<void>;
  unmount(): void | Promise<void>;
}

/** How the kit uses a binding. */
export interface BindingDriver {
  mount(client: Client, conversationId: string): BindingView | Promise<BindingView>;
  /**
   * Does something, and lets what follows from it arrive on screen: `act` of React, `await work()` and `nextTick()` in
   * Vue. Time stands still meanwhile.
   */
  doing(work: () => Promise<void>): Promise<void>;
}

/** What a view shows of a part's value. */
export const bindingText: {
  readonly messages: (items: Iterable<TimelineItem>) => string;
  readonly unread: (count: number) => string;
  readonly typing: (userIds: readonly string[]) => string;
  readonly receipts: (receipts: readonly Receipt[]) => string;
  readonly connection: (state: { readonly name: string }) => string;
} = {
  messages: (items) => [...items].map(textOf).join(", "),
  unread: String,
  typing: (userIds) => userIds.join(", "),
  receipts: (receipts) =>
    receipts
      .map(({ userId, readSeq }) => `${userId} ${readSeq}`)
      .sort()
      .join(", "),
  connection: ({ name }) => name,
};

function textOf(item: TimelineItem): string {
  if (item.type === "hole") return `hole ${item.fromSeq} ${item.toSeq}`;
  const { content } = item.message;
  return `${item.status} ${"text" in content ? content.text : "sealed"}`;
}

export const HERE = "general";
export const ELSEWHERE = "elsewhere";

/** A client to be shown, others to talk with, and a view; in a time that stands still. */
export interface BindingBench {
  readonly backend: MemoryBackend;
  readonly client: Client;
  readonly room: Conversation;
  /** Listeners of `client` and of all it hands out. */
  readonly listening: () => number;
  /** Another client, of another user, with this conversation open. */
  readonly other: (userId: string, conversationId?: string) => Promise<Conversation>;
  /** Mounts the view of a conversation. */
  readonly mount: (conversationId?: string) => Promise<BindingView>;
  readonly doing: (work: () => unknown) => Promise<void>;
  /** Lets time pass, and what comes of it arrive on screen. @param ms - default 1 */
  readonly settle: (ms?: number) => Promise<void>;
  /** Storage keeps nothing, and says nothing, until it is released. */
  readonly holdStorage: () => () => void;
  readonly close: () => Promise<void>;
}

export async function openBindingBench(driver: BindingDriver): Promise<BindingBench> {
  const clock = virtualClock(1_000_000);
  const conversations = [HERE, ELSEWHERE].map((conversationId) => ({ conversationId }));
  const backend = createMemoryBackend({ clock, random: seededRandom(1), conversations });
  const { storage, hold } = holdable();
  const { doing, settle } = pace(driver, clock);
  const clients: Client[] = [];
  const views: BindingView[] = [];

  const join = async (userId: string, kept?: Storage): Promise<Client> => {
    const random = seededRandom(2 + clients.length);
    const client = createClient({
      ...{ transport: backend.transport(userId), clock, random, userId, logger: () => {} },
      ...(kept && { storage: kept }),
    });
    clients.push(client);
    void client.connect();
    await settle();
    return client;
  };

  const { target: client, listening } = countListeners(await join("ada", storage));
  return {
    ...{ backend, client, listening, doing, settle, holdStorage: hold },
    room: client.conversation(HERE),
    async other(userId, conversationId = HERE) {
      const conversation = (await join(userId)).conversation(conversationId);
      await settle();
      return conversation;
    },
    async mount(conversationId = HERE) {
      let view: BindingView | undefined;
      await doing(async () => {
        view = await driver.mount(client, conversationId);
      });
      if (!view) throw new Error("`doing` should run what it is given; it did not");
      await settle();
      views.push(view);
      return view;
    },
    async close() {
      await doing(async () => {
        for (const view of views) await view.unmount();
      });
      await doing(() => void clients.map((each) => each.close())); // one whose law was broken may wait for storage
      await settle(60_000);
    },
  };
}

function pace(driver: BindingDriver, clock: VirtualClock): Pick<BindingBench, "doing" | "settle"> {
  return {
    doing: (work) => driver.doing(async () => void (await work())),
    settle: (ms = 1) => driver.doing(() => clock.advance(ms)),
  };
}

function holdable(): { readonly storage: Storage; readonly hold: () => () => void } {
  const real = memoryStorage();
  let gate = Promise.resolve();
  return {
    storage: {
      ...real,
      async write(operations) {
        await gate;
        await real.write(operations);
      },
    },
    hold() {
      let open = (): void => {};
      gate = new Promise((resolve) => void (open = resolve));
      return () => open();
    },
  };
}

/** Fails unless a part shows this. */
export function expectShown(view: BindingView, part: BindingPart, wanted: string): void {
  expectSame(view.read(part), wanted, `what is shown of ${part}`);
}
