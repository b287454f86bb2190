// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createClient } from "../client/create-client.ts";
import type { Client, Sent } from "../client/types.ts";
import { createMemoryBackend } from "../memory/backend.ts";
import { memoryTransport } from "../memory/memory-transport.ts";
import { notebookOf } from "../protocol/notes.ts";
import type { Transport } from "../ports/transport.ts";
import { openNotebook } from "./notebook.ts";
import { createNotifications } from "./notifications.ts";
import { openPlans } from "./plans.ts";

/** jsdom has no notifications: this is the part of the platform's interface we use, with what was shown. */
class ShownNotification {
  static permission = "granted";
  static readonly shown: ShownNotification[] = [];
  static readonly requestPermission = (): void => void (ShownNotification.permission = "granted");
  readonly title: string;
  readonly options: { readonly body?: string; readonly tag?: string };
  onclick: (() => void) | undefined;

  constructor(title: string, options: { body?: string; tag?: string }) {
    this.title = title;
    this.options = options;
    ShownNotification.shown.push(this);
  }

  isClosed = false;

  close(): void {
    this.isClosed = true;
  }
}

beforeEach(() => {
  ShownNotification.permission = "granted";
  ShownNotification.shown.length = 0;
  vi.stubGlobal("Notification", ShownNotification);
  vi.stubGlobal("focus", () => {});
});
afterEach(() => vi.unstubAllGlobals());

async function twoClients(): Promise<readonly [Client, Client]> {
  const backend = createMemoryBackend();
  const clients = ["ada", "bo"].map((userId) =>
    createClient({ transport: memoryTransport({ backend, userId }) }),
  );
  const [ada, bo] = clients;
  if (!ada || !bo) throw new Error("two clients are two");
  for (const client of clients) await client.connect();
  return [ada, bo];
}

/** Answers what asks for notes only once it is let through. */
function withoutNotes(inner: Transport): { readonly transport: Transport; readonly letThrough: () => void } {
  let letThrough = (): void => {};
  const opened = new Promise<void>((resolve) => (letThrough = resolve));
  const transport: Transport = {
    ...inner,
    async open(request, signal) {
      const link = await inner.open(request, signal);
      return {
        ...link,
        async query(query) {
          if (query.type === "notes") await opened;
          return link.query(query);
        },
      };
    },
  };
  return { transport, letThrough: () => letThrough() };
}

const say = async (client: Client, text: string): Promise<string> => {
  const sent = await client.conversation("general").send(text);
  await sent.settled();
  return sent.id;
};

/** On a fresh page of Ada's, with what she noted on another device before. */
async function freshPage(noted: (notebook: ReturnType<typeof openNotebook>) => Promise<Sent>) {
  const backend = createMemoryBackend();
  const [elsewhere, bo, fresh] = ["ada", "bo", "ada"].map((userId) =>
    createClient({ transport: memoryTransport({ backend, userId }) }),
  );
  if (!elsewhere || !bo || !fresh) throw new Error("three clients are three");
  await Promise.all([elsewhere.connect(), bo.connect()]);
  await (await noted(openNotebook(elsewhere))).settled();
  return { backend, bo, fresh };
}

/** A page of Ada's, and another device of hers; her notebook has begun, and both know it. */
async function remindedPage() {
  const { backend, bo, fresh: page } = await freshPage((notebook) => notebook.setRules({}));
  const elsewhere = createClient({ transport: memoryTransport({ backend, userId: "ada" }) });
  await Promise.all([page.connect(), elsewhere.connect()]);
  const { timeline } = page.conversation(notebookOf("ada"));
  openPlans(page);
  await vi.waitFor(() => expect(timeline.get().complete).toBe(true));
  return { bo, page, elsewhere };
}

/** Due at once. */
async function remind(client: Client, id: string, text?: string, dueAt = Date.now()): Promise<void> {
  await (await openPlans(client).remind("general", id, dueAt, text)).settled();
}

describe("notifications", () => {
  it("tell of what others say while nobody looks, once a conversation, and lead to it", async () => {
    const [ada, bo] = await twoClients();
    const opened: string[] = [];
    createNotifications(ada).start({ isWatching: () => false, onOpen: ({ id }) => opened.push(id) });
    const id = await say(bo, "hello");
    await say(ada, "one's own");
    expect(ShownNotification.shown).toMatchObject([
      { title: "General", options: { body: "bo: hello", tag: "general" } },
    ]);
    ShownNotification.shown[0]?.onclick?.();
    expect(opened).toEqual([id]);
  });

  it("are silent for who is watching, does not want them, or has closed them", async () => {
    const [ada, bo] = await twoClients();
    let isWatching = true;
    const end = createNotifications(ada).start({ isWatching: () => isWatching });
    await say(bo, "seen");
    isWatching = false;
    const room = ada.conversation("general");
    await (await room.notify("none")).settled();
    await say(bo, "not wanted");
    await (await room.notify("mentions")).settled();
    await say(bo, "not about ada");
    const ranges = [{ type: "mention", start: 0, end: 4, value: "ada" }] as const;
    await (await bo.conversation("general").send({ text: "@ada", ranges })).settled();
    end();
    await (await room.notify("all")).settled();
    await say(bo, "closed");
    expect(ShownNotification.shown.map(({ options }) => options.body)).toEqual(["bo: @ada"]);
  });

  it("go by the person's rules and notes, and say no more than those allow (rows E4, F12)", async () => {
    const [ada, bo] = await twoClients();
    createNotifications(ada).start({ isWatching: () => false });
    const notebook = openNotebook(ada);
    await (await notebook.mute("general")).settled();
    const { timeline } = ada.conversation(notebookOf("ada"));
    await vi.waitFor(() => expect(timeline.get().complete).toBe(true)); // it began with this note
    await say(bo, "muted");
    await (await notebook.unmute("general")).settled();
    await (await notebook.setRules({ level: "none" })).settled();
    await say(bo, "none wanted");
    await (await notebook.setRules({ previews: false, sound: false })).settled();
    document.title = "The app";
    await say(bo, "not to be read by others");
    expect(ShownNotification.shown).toMatchObject([
      { title: "The app", options: { tag: "general", silent: true } },
    ]);
    expect(ShownNotification.shown[0]?.options.body).toBeUndefined();
  });

  it("go by what was noted on another device from the first message on", async () => {
    const { bo, fresh } = await freshPage((notebook) => notebook.setRules({ level: "none" }));
    createNotifications(fresh).start({ isWatching: () => false });
    await fresh.connect();
    for (const text of ["one", "two", "three"]) await say(bo, text);
    await vi.waitFor(() => expect(fresh.conversations.get()[0]?.unread).toBe(3));
    expect(ShownNotification.shown).toEqual([]);
  });

  it("wait until it is known what the person has noted, and are not of what was read meanwhile", async () => {
    const { backend, bo, fresh: other } = await freshPage((notebook) => notebook.mute("loud"));
    await other.close();
    await bo.createConversation({ conversationId: "loud", kind: "group", participants: [{ userId: "ada" }] });
    await bo.createConversation({ conversationId: "read", kind: "group", participants: [{ userId: "ada" }] });
    const { transport, letThrough } = withoutNotes(memoryTransport({ backend, userId: "ada" }));
    const fresh = createClient({ transport });
    const badges: number[] = [];
    Object.assign(navigator, { setAppBadge: async (count: number) => void badges.push(count) });
    createNotifications(fresh).start({ isWatching: () => false });
    await fresh.connect();
    for (const id of ["loud", "read", "general"])
      await (await bo.conversation(id).send(`in ${id}`)).settled();
    await vi.waitFor(() => expect(fresh.conversations.get().map(({ unread }) => unread)).toEqual([1, 1, 1]));
    fresh.conversation("read").markRead();
    await vi.waitFor(() => expect(badges.at(-1)).toBe(2));
    expect(ShownNotification.shown).toEqual([]);
    letThrough();
    await vi.waitFor(() =>
      expect(ShownNotification.shown.map(({ options }) => options.body)).toEqual(["bo: in general"]),
    );
    expect(badges.at(-1)).toBe(1); // without what is muted
    Reflect.deleteProperty(navigator, "setAppBadge");
  });

  it("are gone once the conversation is read, and the app's icon says how much is unread", async () => {
    const badges: number[] = [];
    Object.assign(navigator, { setAppBadge: async (count: number) => void badges.push(count) });
    const [ada, bo] = await twoClients();
    createNotifications(ada).start({ isWatching: () => false });
    await say(bo, "one");
    await say(bo, "two");
    await vi.waitFor(() => expect(badges.at(-1)).toBe(2));
    const shown = ShownNotification.shown.at(-1); // with the tag of the one before, whose place it took
    expect(shown?.isClosed).toBe(false);
    ada.conversation("general").markRead();
    await vi.waitFor(() => expect([shown?.isClosed, badges.at(-1)]).toEqual([true, 0]));
    const end = createNotifications(ada).start({ badge: false });
    Reflect.deleteProperty(navigator, "setAppBadge");
    end();
  });

  it("tell of a reminder that comes due, lead to it, and are gone once it was let go anywhere (rows I1, F12)", async () => {
    const { elsewhere, bo, page } = await remindedPage();
    const opened: string[] = [];
    const start = (client: Client) =>
      createNotifications(client).start({
        ...{ isWatching: () => true, badge: false },
        onOpenReminder: ({ messageId }) => opened.push(messageId),
      });
    start(page);
    const id = await say(bo, "look at this");
    const tag = `~/reminder/${id}/general`;
    await remind(elsewhere, id, "answer him");
    await vi.waitFor(() =>
      expect(ShownNotification.shown).toMatchObject([
        { title: "⏰ General", options: { body: "answer him", tag } },
      ]),
    );
    ShownNotification.shown[0]?.onclick?.();
    expect(opened).toEqual([id]);
    const second = await say(bo, "and this");
    await remind(elsewhere, second);
    await vi.waitFor(() => expect(ShownNotification.shown).toHaveLength(2));
    const [, shown] = ShownNotification.shown;
    expect(shown).toMatchObject({ options: { body: "and this" }, isClosed: false });
    start(page); // later than both came due
    await (await openPlans(elsewhere).forget("general", second)).settled();
    await vi.waitFor(() => expect(shown?.isClosed).toBe(true));
    await remind(elsewhere, second); // planned anew
    await vi.waitFor(() => expect(ShownNotification.shown.length).toBeGreaterThan(2));
    expect(ShownNotification.shown.map(({ options }) => options.tag)).not.toContain(undefined);
    expect(ShownNotification.shown.filter(({ options }) => options.tag === tag)).toHaveLength(1);
  });

  it("[D8] say nothing of what one is reminded of where one is no more, or may not show", async () => {
    const { elsewhere, bo, page } = await remindedPage();
    const told: unknown[] = [];
    createNotifications(page).start({
      reminderTextOf: ({ messageId }, message, shows) => {
        told.push([messageId, message?.content, shows]);
        return { title: "A reminder" };
      },
    });
    const id = await say(bo, "a secret");
    await (await openNotebook(elsewhere).setRules({ previews: false })).settled();
    await remind(elsewhere, id);
    await vi.waitFor(() => expect(told).toEqual([[id, undefined, "nothing"]]));
    await (await openNotebook(elsewhere).setRules({})).settled();
    const next = await say(bo, "another");
    await (await page.conversation("general").leave()).settled();
    await remind(elsewhere, next);
    await vi.waitFor(() => expect(told.slice(1)).toEqual([[next, undefined, "nothing"]]));
    const shown = ShownNotification.shown.filter(({ title }) => title === "A reminder");
    expect(shown).toHaveLength(2);
  });

  it("leave to the service worker what it shows, whoever of the two comes first", async () => {
    const { elsewhere, bo, page } = await remindedPage();
    const container = new EventTarget();
    const byWorker: { data: unknown; close: () => void }[] = [];
    const getRegistration = async () => ({ getNotifications: async () => byWorker });
    Object.defineProperty(navigator, "serviceWorker", {
      ...{ value: Object.assign(container, { getRegistration }), configurable: true },
    });
    createNotifications(page).start({ isWatching: () => false });
    const pushed = (of: object): void => {
      const payload = { version: 1, conversationId: "general", count: 1, badge: 1, sound: true, ...of };
      const data = { type: "tidings.pushed", payload, isShown: true };
      container.dispatchEvent(new MessageEvent("message", { data }));
    };
    const id = await say(bo, "said");
    await vi.waitFor(() => expect(ShownNotification.shown).toHaveLength(1));
    pushed({ messageId: id, seq: 1 });
    expect(ShownNotification.shown[0]?.isClosed).toBe(true);
    const dueAt = Date.now() - 1;
    pushed({ messageId: id, seq: 1, dueAt });
    await remind(elsewhere, id, undefined, dueAt);
    const closed: string[] = [];
    for (const at of [dueAt, dueAt - 5]) {
      const data = {
        version: 1,
        conversationId: "general",
        messageId: id,
        seq: 1,
        count: 1,
        badge: 1,
        dueAt: at,
      };
      byWorker.push({ data, close: () => closed.push(at === dueAt ? "this" : "another time") });
    }
    const other = await say(bo, "other");
    await remind(elsewhere, other);
    await vi.waitFor(() => expect(ShownNotification.shown.at(-1)?.options.tag).toContain(other));
    expect(ShownNotification.shown.filter(({ options }) => options.tag?.includes(id))).toEqual([]);
    expect(closed).not.toContain("this");
    await (await openPlans(elsewhere).forget("general", id)).settled();
    await vi.waitFor(() => expect(closed).toContain("this"));
    Reflect.deleteProperty(navigator, "serviceWorker");
  });

  it("ask for permission, and say where there are none", async () => {
    const [ada] = await twoClients();
    ShownNotification.permission = "default";
    const notifications = createNotifications(ada);
    const seen: string[] = [];
    notifications.subscribe((state) => seen.push(state));
    expect(await notifications.request()).toBe("granted");
    expect(seen).toEqual(["granted"]);
    vi.stubGlobal("Notification", undefined);
    expect(createNotifications(ada).get()).toBe("unsupported");
    expect(await createNotifications(ada).request()).toBe("unsupported");
  });
});
