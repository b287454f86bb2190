import type { Clock } from "../../src/base/clock.ts";
import type { Client, Conversation } from "../../src/client/types.ts";
import { memoryStorage } from "../../src/memory/storage.ts";
import type { Storage } from "../../src/ports/storage.ts";
import type { Link, OpenRequest, Transport } from "../../src/ports/transport.ts";
import { browserTabs } from "../../src/tabs/browser-tabs.ts";
import { type World, world } from "../client/world.ts";
import { type Browser, browser, type Tab } from "./browser.ts";

export interface Seat {
  readonly tab: Tab;
  /** Tab, script, sockets and all. */
  kill(): void;
  readonly client: Client;
  readonly room: Conversation;
}

export interface Desk extends World {
  readonly platform: Browser;
  /** A tab of Ada's, on the storage all her tabs share; what its platform says of locks, if it denies them. */
  seat(denied?: () => Promise<never>): Promise<Seat>;
  /** Nothing is written until what it answers is called. */
  holdDisk(): () => void;
  /** Lets everything happen that needs no more than this. */
  pass(ms?: number): Promise<void>;
}

export function desk(): Desk {
  const here = world();
  const platform = browser();
  const disk = memoryStorage();
  let written: Promise<void> = Promise.resolve();
  const shared: Storage = {
    ...disk,
    open: () => disk.open(),
    close: async () => {}, // closing a client must not empty the disk of the others
    write: (operations) => written.then(() => disk.write(operations)),
  };
  const pass = async (ms = 0): Promise<void> => {
    for (let round = 0; round < 8; round += 1) await here.clock.settle();
    await here.clock.advance(ms);
    for (let round = 0; round < 8; round += 1) await here.clock.settle();
  };
  return {
    ...here,
    platform,
    pass,
    holdDisk() {
      let release = (): void => {};
      written = new Promise((resolve) => (release = resolve));
      return release;
    },
    async seat(denied) {
      const storage = shared;
      const tab = platform.tab();
      const { channel, page } = tab;
      const locks = denied ? { request: denied, query: denied } : tab.locks;
      const tabs = browserTabs({ name: "app/ada", locks, channel, page });
      const life = mortal(here);
      const client = here.client("ada", { storage, tabs, userId: "ada", ...life, logger: () => {} });
      const room = client.conversation("general");
      void client.connect();
      await pass();
      const kill = (): void => {
        tab.kill();
        life.end();
      };
      return { tab, client, room, kill };
    },
  };
}

/** A clock and a transport that are of use until the end, and then do nothing any more. */
function mortal({ clock, backend }: World): { clock: Clock; transport: Transport; end: () => void } {
  const { supports, open } = backend.transport("ada");
  const links = new Set<Link>();
  let isOver = false;
  return {
    clock: { ...clock, after: (ms, task) => clock.after(ms, () => void (isOver || task())) },
    transport: {
      supports,
      async open(request, signal) {
        const receive: OpenRequest["receive"] = (events) => void (isOver || request.receive(events));
        const link = await open({ ...request, receive }, signal);
        links.add(link);
        return link;
      },
    },
    end() {
      isOver = true;
      for (const link of links) link.close();
    },
  };
}

/** What the backend has, in its order. */
export const said = async ({ backend, clock }: Desk): Promise<string[]> => {
  const reader = backend.transport("bob");
  const link = await reader.open(
    { token: undefined, clientId: "bob", receive: () => {} },
    new AbortController().signal,
  );
  const page = await link.query({ type: "history", conversationId: "general", limit: 100 });
  link.close();
  await clock.settle();
  return page.messages.map(({ content }) => ("text" in content ? content.text : ""));
};
