// @vitest-environment jsdom
import { createClient, type Draft } from "@tidings/core";
import { memoryTransport } from "@tidings/core/memory";
import { defaultPolicy } from "@tidings/core/protocol";
import { act, renderHook } from "@testing-library/react";
import {
  useComposer,
  useHistory,
  useMembers,
  useMessaging,
  useNotifications,
  usePresence,
  useReceipts,
  useSend,
  useThread,
  useThreads,
  useTimeline,
  useTyping,
} from "@tidings/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as z from "zod/mini";
import { doing, refuseWarnings, world, wrapperFor } from "./harness.tsx";

refuseWarnings();
afterEach(() => vi.unstubAllGlobals());

const textsOf = (items: readonly unknown[]): unknown[] =>
  items.map((item) => Object(item).message?.content.text);

describe("hooks for what others do", () => {
  it("tell how somebody is, where they are watched", async () => {
    const here = world();
    const ada = await here.join("ada");
    const wrapper = wrapperFor(ada);
    const { result } = renderHook(() => [usePresence("ben"), useTyping("general").length], { wrapper });
    expect(result.current).toEqual(["offline", 0]);
    const ben = await here.join("ben");
    await here.settle();
    expect(result.current).toEqual(["online", 0]);
    await doing(async () => ben.setPresence("away"));
    await here.settle();
    expect(result.current).toEqual(["away", 0]);
  });

  it("tell who is in and how far everybody has read", async () => {
    const here = world();
    const [ada, ben] = [await here.join("ada"), await here.join("ben")];
    const wrapper = wrapperFor(ada);
    const { result } = renderHook(() => [useMembers("general"), useReceipts("general")] as const, {
      wrapper,
    });
    await here.settle();
    expect(result.current[0].map(({ userId }) => userId)).toEqual(["ada", "ben"]);
    await doing(() => ada.conversation("general").send("hello"));
    ben.conversation("general").markRead();
    await here.settle(5_000);
    expect(result.current[1].find(({ userId }) => userId === "ben")?.readSeq).toBe(1);
  });
});

describe("hooks for what was said", () => {
  it("show custom data as the app's schema reads it, and why it was not sent", async () => {
    const { backend, clock, settle } = world();
    const schema = { message: z.object({ place: z.string(), since: z._default(z.number(), 2026) }) };
    const ada = createClient({ transport: memoryTransport({ backend, userId: "ada" }), clock, schema });
    await ada.connect();
    await settle();
    const place = { of: "the harbour" };
    const draftOf = ({ text }: { text: string }): Draft => ({ text, custom: { place: place.of } });
    const wrapper = wrapperFor(ada);
    const { result } = renderHook(
      () => [useTimeline("general"), useComposer("general", { draftOf })] as const,
      { wrapper },
    );
    const say = (text: string): Promise<unknown> => {
      act(() => result.current[1].write(text));
      return doing(() => result.current[1].send());
    };
    await say("here");
    expect(result.current[0].items).toMatchObject([
      { message: { custom: { place: "the harbour", since: 2026 } } },
    ]);
    Object.assign(place, { of: 1 });
    await say("there");
    const { error, text } = result.current[1];
    expect(text).toBe("there");
    expect(error).toMatchObject({ code: "custom/invalid", issues: [{ path: ["place"] }] });
  });

  it("send with one and the same function, also a draft", async () => {
    const ada = await world().join("ada");
    const wrapper = wrapperFor(ada);
    const { result, rerender } = renderHook(() => useSend("general"), { wrapper });
    const send = result.current;
    const sent = await doing(() => send({ text: "a picture", custom: { src: "/a.png" } }));
    rerender();
    expect(result.current).toBe(send);
    expect(ada.conversation("general").timeline.get().items.at(0)).toMatchObject({
      message: { id: sent.id, custom: { src: "/a.png" } },
    });
  });

  it("show a thread, and that there is one", async () => {
    const ada = await world().join("ada");
    const root = await ada.conversation("general").send("root");
    const wrapper = wrapperFor(ada);
    const { result } = renderHook(() => [useThreads("general"), useThread("general", root.id)] as const, {
      wrapper,
    });
    expect([result.current[0].size, textsOf(result.current[1])]).toEqual([0, ["root"]]);
    await doing(() => ada.conversation("general").send("reply", { threadId: root.id }));
    expect([result.current[0].get(root.id)?.replies, textsOf(result.current[1])]).toEqual([
      1,
      ["root", "reply"],
    ]);
  });

  it("load what is older, show holes and fill them, and jump to a message", async () => {
    const here = world();
    const ben = await here.join("ben");
    const there = ben.conversation("general");
    const ids: string[] = [];
    for (let count = 1; count <= 5; count += 1) ids.push((await there.send(`m${count}`)).id);
    await here.settle();
    const ada = await here.join("ada");
    ada.conversation("general");
    await here.settle();
    ada.disconnect();
    for (let count = 6; count <= 600; count += 1) {
      ids.push((await there.send(`m${count}`)).id);
      if (count % 50 === 0) await here.settle(60_000);
    }
    await here.settle(600_000);
    const wrapper = wrapperFor(ada);
    const { result } = renderHook(
      () => [useTimeline("general", { size: 3 }), useHistory("general")] as const,
      { wrapper },
    );
    expect(textsOf(result.current[0].items)).toEqual(["m3", "m4", "m5"]);
    await doing(() => ada.connect());
    await here.settle(10_000);
    expect(textsOf(result.current[0].items)).toEqual(["m598", "m599", "m600"]);
    await doing(async () => void result.current[0].jumpTo(ids[2] ?? ""));
    expect(textsOf(result.current[0].items)).toEqual(["m2", "m3", "m4"]);
    expect([result.current[0].hasOlder, result.current[0].hasNewer]).toEqual([true, true]);
    const holes = (): number => [...result.current[1].items].filter(({ type }) => type === "hole").length;
    while (holes() > 0) await doing(() => result.current[1].loadNewer());
    expect([result.current[1].items.length, result.current[1].complete]).toEqual([600, true]);
    expect(textsOf(result.current[0].items)).toEqual(["m2", "m3", "m4"]);
  });
});

describe("the composer's hook", () => {
  it("keeps the draft, says that one types, counts a limit down and takes attachments", async () => {
    const here = world({ policy: defaultPolicy });
    const [ada, ben] = [await here.join("ada"), await here.join("ben")];
    const seen: unknown[] = [];
    ben.conversation("general").typing.subscribe((typists) => seen.push(...typists));
    await here.settle();
    const wrapper = wrapperFor(ada);
    const options = {
      clock: here.clock,
      draftOf: ({ text, attachments }: { text: string; attachments: readonly string[] }) => ({
        text,
        custom: { files: [...attachments] },
      }),
    };
    const first = renderHook(() => useComposer<string>("general", options), { wrapper });
    act(() => first.result.current.write("begun"));
    await here.settle();
    expect(seen).toEqual(["ada"]);
    first.unmount();
    const { result } = renderHook(() => useComposer<string>("general", options), { wrapper });
    expect(result.current.text).toBe("begun");
    act(() => result.current.attach("a.png"));
    await doing(() => result.current.send());
    expect(ada.conversation("general").timeline.get().items.at(0)).toMatchObject({
      message: { custom: { files: ["a.png"] } },
    });
    for (let count = 0; count < 9; count += 1) await doing(() => ada.conversation("general").send("more"));
    await here.settle();
    const before = result.current.waitSeconds;
    expect(before).toBeGreaterThan(0);
    await here.settle(before * 1_000);
    expect(result.current.waitSeconds).toBe(0);
  });
});

describe("notifications", () => {
  it("are asked for, shown while nobody looks, and end with the component", async () => {
    const made: string[] = [];
    class Fake {
      static permission = "default";
      static async requestPermission(): Promise<string> {
        return (Fake.permission = "granted");
      }
      onclick: (() => void) | undefined;
      constructor(title: string, { body }: { body?: string }) {
        made.push(`${title}: ${body}`);
      }
      close(): void {}
    }
    vi.stubGlobal("Notification", Fake);
    const here = world();
    const [ada, ben] = [await here.join("ada"), await here.join("ben")];
    const wrapper = wrapperFor(ada);
    const { result, unmount } = renderHook(() => useNotifications({ isWatching: () => false }), { wrapper });
    expect(result.current.permission).toBe("default");
    await doing(() => ben.conversation("general").send("too early"));
    await doing(() => result.current.request());
    expect(result.current.permission).toBe("granted");
    await doing(() => ben.conversation("general").send("hello"));
    await here.settle();
    unmount();
    await doing(() => ben.conversation("general").send("too late"));
    await here.settle();
    expect(made).toEqual(["ben: hello"]);
  });
});

describe("renders of all in one", () => {
  it("come of nothing that another conversation says, types or reads", async () => {
    const here = world();
    const [ada, ben] = [await here.join("ada"), await here.join("ben")];
    let renders = 0;
    const count = (): unknown => {
      renders += 1;
      return useMessaging("general").messages.length;
    };
    renderHook(count, { wrapper: wrapperFor(ada) });
    ada.conversation("elsewhere").typing.subscribe(() => {});
    await here.settle();
    const before = renders;
    await doing(() => ben.conversation("elsewhere").send("not here"));
    ben.conversation("elsewhere").typing.notify();
    ben.conversation("elsewhere").markRead();
    await here.settle(2_000);
    expect(renders).toBe(before);
    await doing(() => ben.conversation("general").send("here"));
    await here.settle();
    expect(renders).toBeGreaterThan(before);
  });
});
