import { describe, expect, it } from "vitest";
import { member, world } from "../../../test/client/world.ts";
import type { Conversation } from "../../client/types.ts";
import type { MemoryBackendOptions } from "../../memory/index.ts";
import { defaultPolicy } from "../../protocol/policy.ts";
import { MessagingError } from "../../errors/messaging-error.ts";
import type { PreviewAnswer, PreviewQuery } from "../../protocol/previews.ts";
import { virtualClock } from "../../testing/virtual-clock.ts";
import { openPreview } from "./open-preview.ts";
import { createPreviewBook } from "./preview-book.ts";

const limits = { ...defaultPolicy.limits, previews: true };

/** A backend that looks links up, and how often it was asked about each. */
function lookingUp(options: MemoryBackendOptions = {}) {
  const asked: string[] = [];
  const here = world({
    policy: { ...defaultPolicy, rates: [], limits },
    preview(url) {
      asked.push(url);
      return url.endsWith("/nothing") ? undefined : { title: `About ${url}` };
    },
    ...options,
  });
  return { ...here, asked };
}

async function link(room: Conversation, ...urls: readonly string[]): Promise<string> {
  const text = urls.join(" ");
  const ranges = urls.map((value) => {
    const start = text.indexOf(value);
    return { type: "link", start, end: start + value.length, value } as const;
  });
  return (await room.send({ text, ranges })).id;
}

describe("what a link leads to", () => {
  it("is asked for once while somebody looks, and shown to everybody who does (row F8)", async () => {
    const here = lookingUp();
    const [ada, general] = await member(here, "ada");
    const messageId = await link(general, "https://a.example/one", "https://a.example/two");
    await here.clock.settle();
    const views = [openPreview(ada, "general", messageId), openPreview(ada, "general", messageId)];
    const known = { url: "https://a.example/one", host: "a.example" };
    expect(views.map((view) => view.get())).toEqual([1, 2].map(() => ({ ...known, isKnown: false })));
    await here.clock.settle();
    expect(here.asked).toEqual([]);
    const stops = views.map((view) => view.subscribe(() => {}));
    await here.clock.settle();
    const preview = { title: "About https://a.example/one" };
    expect(views.map((view) => view.get())).toEqual([1, 2].map(() => ({ ...known, isKnown: true, preview })));
    await general.edit(messageId, "nothing to see");
    await here.clock.settle();
    expect(views[0]?.get()).toBeUndefined();
    expect(here.asked).toEqual(["https://a.example/one"]);
    for (const stop of stops) stop();
  });

  it("takes its place at once, and is asked for when the message is there", async () => {
    const rates = [{ name: "minute", scope: "user", tokens: 60, perMs: 60_000, burst: 1 }] as const;
    const here = lookingUp({ policy: { ...defaultPolicy, rates, limits } });
    const [ada, general] = await member(here, "ada");
    await general.send("first");
    const messageId = await link(general, "https://a.example/"); // waits for its turn
    const view = openPreview(ada, "general", messageId);
    view.subscribe(() => {});
    await here.clock.settle();
    expect(view.get()).toMatchObject({ isKnown: false });
    await here.clock.advance(5_000);
    expect(view.get()).toMatchObject({ isKnown: true, preview: {} });
    expect(here.asked).toHaveLength(1);
  });

  it("may be nothing, and is asked for again once that is out of date", async () => {
    const here = lookingUp();
    const [ada, general] = await member(here, "ada");
    const messageId = await link(general, "https://a.example/nothing");
    await here.clock.settle();
    const view = openPreview(ada, "general", messageId);
    const stop = view.subscribe(() => {});
    await here.clock.settle();
    expect(view.get()).toEqual({ url: "https://a.example/nothing", host: "a.example", isKnown: true });
    stop();
    view.subscribe(() => {})();
    await here.clock.advance(3_600_001);
    expect(here.asked).toHaveLength(1);
    view.subscribe(() => {});
    await here.clock.settle();
    expect(here.asked).toHaveLength(2);
    expect(view.get()).toMatchObject({ isKnown: true });
  });

  it("offline is what was known, never an error, and comes with the next link", async () => {
    const here = lookingUp();
    const [ada, general] = await member(here, "ada");
    const first = await link(general, "https://a.example/known");
    const second = await link(general, "https://a.example/unknown");
    await here.clock.settle();
    const known = openPreview(ada, "general", first);
    known.subscribe(() => {});
    await here.clock.settle();
    ada.disconnect();
    const unknown = openPreview(ada, "general", second);
    unknown.subscribe(() => {});
    await here.clock.settle();
    expect(known.get()).toMatchObject({ isKnown: true, preview: { title: "About https://a.example/known" } });
    expect(unknown.get()).toMatchObject({ isKnown: false });
    await ada.connect();
    await here.clock.settle();
    expect(unknown.get()).toMatchObject({ isKnown: true, preview: {} });
    expect(here.asked).toEqual(["https://a.example/known", "https://a.example/unknown"]);
  });

  it("[D8] is not asked for where that is not wanted, or nothing may leave", async () => {
    const here = lookingUp();
    const [ada, general] = await member(here, "ada");
    here.backend.act(
      "ada",
      {
        ...{ type: "participant.role", commandId: "019b796d-d600-7000-8000-00000000aaaa", at: 0 },
        ...{ conversationId: "general", userId: "ada", role: "admin" },
      },
      { system: true },
    );
    const messageId = await link(general, "https://a.example/");
    await here.clock.settle();
    for (const settings of [{ previews: false }, { confidential: true }]) {
      await general.update({ settings: { typing: true, receipts: true, ...settings } });
      await here.clock.settle();
      const view = openPreview(ada, "general", messageId);
      view.subscribe(() => {})();
      await here.clock.settle();
      expect(view.get()).toBeUndefined();
      const asked = {
        type: "preview",
        conversationId: "general",
        messageId,
        url: "https://a.example/",
      } as const;
      const { query } = await rawLink(here);
      await expect(query(asked)).rejects.toMatchObject({ code: "permission/denied" });
    }
    expect(here.asked).toEqual([]);
  });

  it("is not asked for at a backend that looks nothing up, which refuses to", async () => {
    const here = lookingUp({ policy: { ...defaultPolicy, rates: [] } });
    const [ada, general] = await member(here, "ada");
    const messageId = await link(general, "https://a.example/");
    await here.clock.settle();
    const view = openPreview(ada, "general", messageId);
    view.subscribe(() => {});
    await here.clock.settle();
    expect(view.get()).toBeUndefined();
    const { query } = await rawLink(here);
    const asked = {
      type: "preview",
      conversationId: "general",
      messageId,
      url: "https://a.example/",
    } as const;
    await expect(query(asked)).rejects.toMatchObject({ code: "command/unsupported" });
    await expect(query({ ...asked, messageId: asked.messageId.replace(/^./u, "f") })).rejects.toMatchObject({
      code: "message/not-found",
    });
  });

  it("[D9] is asked for a few at a time, and not again at once where the backend is busy", async () => {
    const clock = virtualClock(0);
    const open: ((answer: PreviewAnswer | MessagingError) => void)[] = [];
    const book = createPreviewBook({
      ...{ clock, serverNow: clock.now, userId: () => "ada" },
      query: () =>
        new Promise((resolve, reject) => {
          open.push((answer) => (answer instanceof MessagingError ? reject(answer) : resolve(answer)));
        }),
    });
    const on = (n: number): PreviewQuery => ({
      ...{ type: "preview", conversationId: "a", messageId: "m", url: `https://a.example/${n}` },
    });
    for (let n = 0; n < 9; n += 1) book.want(on(n));
    for (let n = 0; n < 9; n += 1) book.want(on(n));
    expect(open).toHaveLength(4);
    open[0]?.({ preview: { title: "one" }, expiresAt: 3_600_000 });
    open[1]?.(new MessagingError("protocol/busy", { retryAfterMs: 120_000 }));
    open[2]?.(new MessagingError("connection/lost"));
    await clock.settle();
    expect(open).toHaveLength(7);
    expect([book.find(on(0)), book.find(on(1))]).toEqual([
      { preview: { title: "one" }, expiresAt: 3_600_000 },
      undefined,
    ]);
    for (const answer of open.slice(3)) answer({ expiresAt: 0 });
    await clock.settle();
    for (const answer of open.slice(7)) answer({ expiresAt: 0 });
    await clock.settle();
    expect(open).toHaveLength(9);
    for (const n of [0, 1, 2, 3]) book.want(on(n));
    await clock.settle();
    expect(open).toHaveLength(10); // the one whose link was lost
    await clock.advance(120_000);
    book.want(on(1));
    expect(open).toHaveLength(11);
  });

  it("[D9] is asked first for what was wanted last, and not for what has long left the screen", async () => {
    const clock = virtualClock(0);
    const asked: string[] = [];
    const answers: (() => void)[] = [];
    const book = createPreviewBook({
      ...{ clock, serverNow: clock.now, userId: () => "ada" },
      query: ({ url }) =>
        new Promise((resolve) => {
          asked.push(url);
          answers.push(() => resolve({ expiresAt: 0 }));
        }),
    });
    const query = { type: "preview", conversationId: "a", messageId: "m" } as const;
    for (let n = 0; n < 300; n += 1) book.want({ ...query, url: `https://a.example/${n}` });
    for (let each = 0; each < answers.length; each += 1) {
      answers[each]?.();
      await clock.settle();
    }
    expect(asked).toHaveLength(4 + 32);
    expect(asked[4]).toBe("https://a.example/299");
  });
});

function rawLink({ backend }: ReturnType<typeof lookingUp>) {
  const request = { token: undefined, clientId: "raw", receive: () => {} };
  return backend.transport("ada").open(request, new AbortController().signal);
}
