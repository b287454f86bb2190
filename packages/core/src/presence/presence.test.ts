import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createScope } from "../base/observable.ts";
import type { Link } from "../ports/transport.ts";
import { MOST_WATCHED } from "../protocol/bounds.ts";
import type { Signal } from "../protocol/signals.ts";
import { type VirtualClock, virtualClock } from "../testing/virtual-clock.ts";
import { createPresence, type Presence } from "./presence.ts";

interface SetUp {
  readonly clock: VirtualClock;
  readonly presence: Presence;
  /** What was said since the last look, `presence` left out unless asked for. */
  readonly said: (type?: Signal["type"]) => readonly Signal[];
  readonly use: (isLinked: boolean) => void;
}

function setUp(): SetUp {
  const clock = virtualClock(1_000_000);
  const scope = createScope((error) => {
    throw error;
  });
  const presence = createPresence({ clock, scope, userId: () => "me", isOpen: () => false });
  const signals: Signal[] = [];
  const unused = (): Promise<never> => Promise.reject(new Error("unused"));
  const link: Link = {
    ...{ submit: unused, query: unused, ping: unused, close: () => {} },
    signal: (signal) => void signals.push(signal),
  };
  return {
    clock,
    presence,
    use: (isLinked) => presence.use(isLinked ? link : undefined),
    said(type) {
      const found = signals.splice(0);
      return found.filter((signal) => (type ? signal.type === type : signal.type !== "presence"));
    },
  };
}

function linked(): SetUp {
  const made = setUp();
  made.use(true);
  made.said();
  return made;
}

const typing = (userId: string, active = true, conversationId = "a") =>
  ({ type: "typing", conversationId, userId, active }) as const;

describe("who types", () => {
  it("is listed in the order they began, until they stop", () => {
    const { presence } = linked();
    const list = presence.typing("a");
    const seen: (readonly string[])[] = [];
    list.subscribe((userIds) => void seen.push(userIds));
    presence.receive(typing("bo"));
    presence.receive(typing("cy"));
    presence.receive(typing("bo"));
    presence.receive(typing("bo", true, "other"));
    presence.receive(typing("bo", false));
    presence.receive(typing("bo", false));
    expect(seen).toEqual([["bo"], ["bo", "cy"], ["cy"]]);
    expect(presence.typing("a").get()).toBe(list.get());
  });

  it("is forgotten six seconds after the last signal", async () => {
    const { presence, clock } = linked();
    presence.receive(typing("bo"));
    await clock.advance(5_000);
    presence.receive(typing("bo"));
    await clock.advance(5_999);
    expect(presence.typing("a").get()).toEqual(["bo"]);
    await clock.advance(1);
    expect(presence.typing("a").get()).toEqual([]);
  });

  it("goes by the policy", async () => {
    const { presence, clock } = linked();
    presence.learn({ typing: { everyMs: 100, expiresMs: 200 }, presenceExpiresMs: 1_000 });
    presence.receive(typing("bo"));
    await clock.advance(200);
    expect(presence.typing("a").get()).toEqual([]);
  });

  it("ends at once when they say something", () => {
    const { presence } = linked();
    presence.receive(typing("bo"));
    presence.said("a", "bo");
    expect(presence.typing("a").get()).toEqual([]);
  });

  it("never lists oneself, as on another device", () => {
    const { presence } = linked();
    presence.receive(typing("me"));
    expect(presence.typing("a").get()).toEqual([]);
  });

  it("is unknown without a link", () => {
    const { presence, use } = linked();
    presence.receive(typing("bo"));
    use(false);
    expect(presence.typing("a").get()).toEqual([]);
    presence.receive(typing("bo"));
    expect(presence.typing("a").get()).toEqual([]);
  });

  it("[D9, M15] is bounded, whatever a server names", () => {
    const { presence } = linked();
    for (let index = 0; index < 1_000; index += 1) presence.receive(typing(`u${index}`));
    for (let index = 0; index < 1_000; index += 1) presence.receive(typing("bo", true, `c${index}`));
    expect(presence.typing("a").get().length).toBe(32);
    const lists = Array.from({ length: 1_000 }, (_, index) => presence.typing(`c${index}`).get());
    expect(lists.filter((list) => list.length > 0).length).toBe(99);
  });
});

describe("one's own typing", () => {
  it("is said at the first key, at most every three seconds, and that it is over when no more follow", async () => {
    const { presence, clock, said } = linked();
    const log: string[] = [];
    for (let ms = 0; ms < 12_000; ms += 100) {
      if (ms < 5_000) presence.notify("a");
      for (const signal of said("typing")) if (signal.type === "typing") log.push(`${ms} ${signal.active}`);
      await clock.advance(100);
    }
    expect(log).toEqual(["0 true", "3000 true", "7900 false"]);
  });

  it("is over soon when the composer is left, but no sooner than a signal is allowed", async () => {
    const { presence, clock, said } = linked();
    presence.notify("a");
    await clock.advance(1_000);
    presence.stop("a");
    presence.stop("a");
    expect(said().length).toBe(1);
    await clock.advance(2_000);
    expect(said()).toEqual([{ type: "typing", conversationId: "a", active: false }]);
    await clock.advance(10_000);
    presence.stop("a");
    await clock.advance(10_000);
    expect(said()).toEqual([]);
  });

  it("is not said to be over when it was never said to have begun", async () => {
    const { presence, clock, said } = linked();
    presence.notify("a");
    await clock.advance(3_000); // over
    expect(said().length).toBe(2);
    await clock.advance(1_000);
    presence.notify("a"); // too soon
    await clock.advance(20_000);
    expect(said()).toEqual([]);
  });

  it("needs no word when the message was sent", async () => {
    const { presence, clock, said } = linked();
    presence.notify("a");
    presence.said("a", "me");
    await clock.advance(20_000);
    expect(said().length).toBe(1);
  });

  it("[D9] is never said more than once per three seconds and conversation", async () => {
    const act = fc.tuple(fc.constantFrom("notify", "stop", "said"), fc.constantFrom("a", "b"), fc.nat(2_000));
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 100 }), async (acts) => {
        const { presence, clock, said } = linked();
        const lastAt: Record<string, number> = {};
        const check = (): void => {
          for (const signal of said("typing")) {
            if (signal.type !== "typing") continue;
            const { conversationId } = signal;
            expect(clock.now() - (lastAt[conversationId] ?? -Infinity)).toBeGreaterThanOrEqual(3_000);
            lastAt[conversationId] = clock.now();
          }
        };
        for (const [what, conversationId, waitMs] of acts) {
          if (what === "notify") presence.notify(conversationId);
          else if (what === "stop") presence.stop(conversationId);
          else presence.said(conversationId, "me");
          for (let ms = 0; ms < waitMs; ms += 50) {
            check();
            await clock.advance(50);
          }
          check();
        }
        expect(clock.timers).toBeLessThanOrEqual(1);
      }),
      { numRuns: 20 },
    );
  });

  it("says nothing without a link, and keeps no timer for it", () => {
    const { presence, clock, said } = setUp();
    presence.notify("a");
    presence.stop("a");
    expect([said(), clock.timers]).toEqual([[], 0]);
  });
});

describe("who is there", () => {
  it("is as the backend said, until it says otherwise", async () => {
    const { presence, clock } = linked();
    const seen: (readonly (readonly [string, string])[])[] = [];
    presence.users.subscribe((users) => void seen.push([...users]));
    presence.receive({ type: "presence", userId: "bo", status: "online" });
    await clock.advance(3_600_000);
    presence.receive({ type: "presence", userId: "bo", status: "online" });
    presence.receive({ type: "presence", userId: "bo", status: "offline" });
    expect(seen).toEqual([[["bo", "online"]], [["bo", "offline"]]]);
  });

  it("is asked for anew a minute after a watch ended, and forgotten where no answer comes", async () => {
    const { presence, clock, said } = linked();
    presence.watch("a");
    const leave = presence.watch("b");
    await clock.advance(0);
    for (const userId of ["of a", "of b"]) presence.receive({ type: "presence", userId, status: "online" });
    leave();
    presence.watch("c")();
    await clock.advance(59_999);
    said();
    await clock.advance(1);
    expect(said()).toEqual([
      { type: "watch", conversationIds: [] },
      { type: "watch", conversationIds: ["a"] },
    ]);
    presence.receive({ type: "presence", userId: "of a", status: "online" });
    expect(presence.users.get().size).toBe(2); // nobody flickers
    await clock.advance(5_000);
    expect([...presence.users.get().keys()]).toEqual(["of a"]);
    await clock.advance(600_000);
    expect(said()).toEqual([]);
  });

  it("is unknown without a link", () => {
    const { presence, use } = linked();
    const sizes: number[] = [];
    presence.users.subscribe((users) => void sizes.push(users.size));
    presence.receive({ type: "presence", userId: "bo", status: "online" });
    use(false);
    use(true);
    expect([sizes, presence.users.get().size]).toEqual([[1, 0], 0]);
  });

  it("[D9, M15] is bounded, whatever a server names", () => {
    const { presence } = linked();
    for (let index = 0; index < 6_000; index += 1) {
      presence.receive({ type: "presence", userId: `u${index}`, status: "online" });
    }
    presence.receive({ type: "presence", userId: "u0", status: "away" });
    const users = presence.users.get();
    expect([users.size, users.get("u0"), users.has("u4999"), users.has("u5000")]).toEqual([
      5_000,
      "away",
      true,
      false,
    ]);
  });

  it("hears how oneself is at once, at each new link, and again before it expires", async () => {
    const { presence, clock, said, use } = setUp();
    presence.setStatus("away");
    expect(said("presence")).toEqual([]);
    use(true);
    expect(said("presence")).toEqual([{ type: "presence", status: "away" }]);
    await clock.advance(30_000);
    presence.setStatus("online");
    expect(said("presence").map((signal) => signal.type === "presence" && signal.status)).toEqual([
      "away",
      "online",
    ]);
    await clock.advance(60_000);
    expect(said("presence").length).toBe(2);
    use(false);
    await clock.advance(60_000);
    expect([said("presence"), clock.timers]).toEqual([[], 0]);
  });
});

describe("the watch list", () => {
  const watched = (signals: readonly Signal[]): readonly (readonly string[])[] =>
    signals.flatMap((signal) => (signal.type === "watch" ? [signal.conversationIds] : []));

  it("makes one signal of what changes in one turn, and none of what changes nothing", async () => {
    const { presence, clock, said } = linked();
    const leave = presence.watch("a");
    presence.watch("b");
    await clock.advance(0);
    expect(watched(said())).toEqual([["a", "b"]]);
    leave(); // React mounts twice
    presence.watch("a");
    await clock.advance(0);
    expect(said()).toEqual([]);
  });

  it("[D9] leaves out ids that cannot be, for which a backend would end one link after the other", async () => {
    const { presence, clock, said } = linked();
    for (const id of ["", "a\nb", "x".repeat(129), "\ud800", "fine"]) {
      presence.watch(id);
      if (id !== "fine") presence.notify(id);
    }
    await clock.advance(10_000);
    expect(said()).toEqual([{ type: "watch", conversationIds: ["fine"] }]);
  });

  it("counts leases; each ends once", async () => {
    const { presence, clock, said } = linked();
    const [one, other] = [presence.watch("a"), presence.watch("a")];
    await clock.advance(0);
    said();
    one();
    one();
    await clock.advance(0);
    expect(said()).toEqual([]);
    other();
    await clock.advance(0);
    expect(watched(said())).toEqual([[]]);
  });

  it("is told again to every new link, and not to one that has nothing to know", async () => {
    const { presence, clock, said, use } = linked();
    expect(watched(said())).toEqual([]);
    presence.watch("a");
    await clock.advance(0);
    use(false);
    presence.watch("b");
    await clock.advance(1_000);
    said();
    use(true);
    expect(watched(said())).toEqual([["a", "b"]]);
  });

  it("[D9] holds at most as many as the wire takes, the newest, and the others again when there is room", async () => {
    const { presence, clock, said } = linked();
    const ends = Array.from({ length: MOST_WATCHED + 1 }, (_, index) => presence.watch(`c${index}`));
    await clock.advance(0);
    const [first = []] = watched(said());
    expect([first.length, first.includes("c0"), first.includes("c50")]).toEqual([50, false, true]);
    ends.at(-1)?.();
    await clock.advance(0);
    expect(watched(said())[0]).toContain("c0");
    presence.watch("c0"); // looked at again: now among the newest
    presence.watch("new");
    await clock.advance(0);
    const [last = []] = watched(said());
    expect([last.includes("c0"), last.includes("c1"), last.includes("new")]).toEqual([true, false, true]);
  });
});

describe("closing", () => {
  it("[D10] leaves no timer; what was known can be read, and asking for more starts nothing", async () => {
    const { presence, clock, said } = linked();
    presence.watch("a");
    presence.receive(typing("bo"));
    presence.receive({ type: "presence", userId: "bo", status: "online" });
    presence.close();
    expect(clock.timers).toBe(0);
    presence.watch("b")();
    presence.notify("a");
    presence.setStatus("away");
    presence.receive(typing("cy"));
    await clock.advance(60_000);
    expect([clock.timers, said()]).toEqual([0, []]);
    expect([presence.typing("a").get(), presence.users.get().get("bo")]).toEqual([["bo"], "online"]);
  });

  it("uses one timer for everything while it is open", async () => {
    const { presence, clock } = linked();
    presence.watch("a");
    presence.notify("a");
    presence.receive(typing("bo"));
    presence.receive({ type: "presence", userId: "bo", status: "online" });
    expect(clock.timers).toBe(1);
    await clock.advance(10_000);
    expect(clock.timers).toBe(1);
  });
});
