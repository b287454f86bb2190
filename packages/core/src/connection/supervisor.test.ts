import { describe, expect, it } from "vitest";
import { harness, online } from "../../test/connection/harness.ts";
import { welcomed } from "../../test/connection/scripted-transport.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { defaultPolicy } from "../protocol/policy.ts";

describe("a connection", () => {
  it("does nothing before the app wants it to", async () => {
    const { transport, clock, platform, name } = harness();
    await clock.advance(60_000);
    platform.wake();
    await clock.settle();
    expect([name(), transport.attempts.length, platform.listeners, clock.timers]).toEqual(["idle", 0, 0, 0]);
  });

  it("opens a link, gives it out before its first event, and shows it", async () => {
    const { connection, transport, log, states, clock } = await online({ auth: () => "token-1" });
    expect(transport.last().request).toMatchObject({ token: "token-1", clientId: "client-1" });
    expect(connection.link()).toBe(transport.lastLink());
    expect(log).toEqual(["link", "welcome"]);
    expect(states.map(({ name }) => name)).toEqual(["connecting", "online"]);
    transport.lastLink().deliver({ type: "heads", heads: [] });
    expect(log).toEqual(["link", "welcome", "heads"]);
    connection.connect();
    await clock.settle();
    expect(transport.attempts.length).toBe(1);
  });

  it("says why a link ended, and comes back", async () => {
    const { transport, log, clock, name, connection } = await online();
    transport.lastLink().cut({ code: "server/internal" });
    expect(log.slice(2)).toEqual(["closed", "no link: server/internal"]);
    expect([name(), connection.link()]).toEqual(["waiting", undefined]);
    await clock.advance(500);
    expect(transport.attempts.length).toBe(2);
    transport.last().accept();
    await clock.settle();
    expect(log.slice(4)).toEqual(["link", "welcome"]);
  });

  it("[C10] drops what a link tells that is no longer the current one", async () => {
    const { connection, transport, log, clock } = await online();
    const old = transport.lastLink();
    connection.disconnect();
    connection.connect();
    await clock.settle();
    transport.last().accept();
    await clock.settle();
    const before = [...log];
    old.deliver({ type: "heads", heads: [] });
    old.cut();
    expect(log).toEqual(before);
    expect(connection.state.get().name).toBe("online");
  });

  it("treats a link that ended before it was handed over as lost", async () => {
    const { connection, transport, clock, log, name } = harness();
    connection.connect();
    await clock.settle();
    transport.last().accept().cut({ code: "server/full" });
    await clock.settle();
    expect([name(), log, connection.link()]).toEqual(["waiting", [], undefined]);
    expect(connection.state.get().error?.code).toBe("server/full");
  });

  it("[C11] gives up an attempt that nobody answers, and closes a link that arrives too late", async () => {
    const { connection, transport, clock, name } = harness({ onAbort: () => {} });
    connection.connect();
    await clock.advance(9_999);
    expect(name()).toBe("connecting");
    await clock.advance(1);
    expect([name(), connection.state.get().error?.code]).toEqual(["waiting", "connection/timeout"]);
    expect(transport.last().signal.aborted).toBe(true);
    const late = transport.last().accept();
    await clock.settle();
    expect([late.isOpen, connection.link()]).toEqual([false, undefined]);
  });

  it("[C11] waits twice as long at a later attempt: a server that everybody comes back to is late", async () => {
    const { connection, transport, clock, name } = harness();
    connection.connect();
    await clock.advance(10_000);
    connection.connect();
    await clock.advance(1_000);
    expect([name(), connection.state.get().attempt]).toEqual(["connecting", 2]);
    await clock.advance(18_000);
    expect([name(), transport.attempts.length]).toEqual(["connecting", 2]);
    transport.last().accept();
    await clock.settle();
    expect(name()).toBe("online");
  });

  it("survives a transport that throws instead of rejecting", async () => {
    const { connection, clock } = harness({
      onOpen: () => {
        throw new SyntaxError("bad address");
      },
    });
    connection.connect();
    await clock.settle();
    expect(connection.state.get()).toMatchObject({ name: "waiting", error: { code: "connection/failed" } });
  });

  it("[C9] goes on when an adapter fails to close its link, or throws where it should reject", async () => {
    const { connection, transport, clock, name } = await online();
    const link = transport.lastLink();
    Object.assign(link, {
      close: () => {
        throw new Error("InvalidStateError");
      },
      ping: () => {
        throw new Error("InvalidStateError");
      },
    });
    await clock.advance(60_000);
    expect([transport.attempts.length, name()]).toEqual([2, "connecting"]);
    connection.close();
    expect(clock.timers).toBe(0);
  });

  it("[C9] waits for the transport to be done with an attempt before it begins another", async () => {
    const { connection, transport, clock, name } = harness({ onAbort: () => {} });
    connection.connect();
    await clock.settle();
    connection.disconnect();
    connection.connect();
    await clock.settle();
    expect([name(), transport.attempts.length]).toEqual(["connecting", 1]);
    transport.attempts[0]?.refuse(new MessagingError("connection/failed"));
    await clock.settle();
    expect([transport.attempts.length, transport.mostAtOnce]).toEqual([2, 1]);
  });

  it("[D9, C9] does not wait for ever for a transport that ignores being called off", async () => {
    const { connection, transport, clock } = harness({ onAbort: () => {} });
    connection.connect();
    await clock.advance(60_000);
    expect(transport.attempts.length).toBeGreaterThan(1);
  });

  it("[C3] skips the wait when the network comes, and stops when it goes", async () => {
    const { connection, transport, clock, platform, name } = harness();
    connection.connect();
    await clock.settle();
    platform.setNetwork(false);
    expect([name(), transport.last().signal.aborted]).toEqual(["offline", true]);
    await clock.advance(600_000);
    expect(transport.attempts.length).toBe(1);
    platform.setNetwork(true);
    await clock.settle();
    expect([name(), transport.attempts.length]).toEqual(["connecting", 2]);
    transport.last().refuse(new MessagingError("connection/failed", { retryAfterMs: undefined }));
    await clock.settle();
    await clock.advance(1);
    expect(name()).toBe("waiting");
    clock.sleep(1_000);
    platform.wake();
    await clock.settle();
    expect([name(), transport.attempts.length]).toEqual(["connecting", 3]);
  });

  it("drops a link when the network goes, and begins offline without one", async () => {
    const { platform, transport, log, name } = await online();
    platform.setNetwork(false);
    expect([name(), transport.lastLink().isOpen, log.at(-1)]).toEqual([
      "offline",
      false,
      "no link: connection/offline",
    ]);
    const fresh = harness();
    fresh.platform.setNetwork(false);
    fresh.connection.connect();
    await fresh.clock.settle();
    expect([fresh.name(), fresh.transport.attempts.length]).toEqual(["offline", 0]);
    fresh.platform.setNetwork(true);
    expect(fresh.name()).toBe("connecting");
  });

  it("[D9, C5] comes back as late as a closing server asks", async () => {
    const { transport, clock, platform } = await online();
    transport.lastLink().cut({ code: "server/draining", retryAfterMs: 20_000 });
    await clock.advance(19_999);
    platform.wake();
    await clock.settle();
    expect(transport.attempts.length).toBe(1);
    await clock.advance(501);
    expect(transport.attempts.length).toBe(2);
  });

  it("[C2] needs the app after a version mismatch", async () => {
    const { connection, transport, clock, name, platform } = harness();
    connection.connect();
    await clock.settle();
    transport.last().refuse(new MessagingError("protocol/version"));
    await clock.advance(3_600_000);
    platform.setNetwork(false);
    platform.setNetwork(true);
    await clock.settle();
    expect([name(), transport.attempts.length, clock.timers]).toEqual(["blocked", 1, 0]);
  });

  it("forgets everything at disconnect, and can begin again", async () => {
    const { connection, transport, clock, platform, log, name } = await online();
    connection.disconnect();
    connection.disconnect();
    expect([name(), transport.lastLink().isOpen, log.at(-1)]).toEqual(["idle", false, "no link: wanted"]);
    expect([clock.timers, platform.listeners]).toEqual([0, 0]);
    connection.connect();
    await clock.settle();
    transport.last().accept();
    await clock.settle();
    expect([name(), platform.listeners]).toEqual(["online", 1]);
  });
});

describe("closing a connection", () => {
  it("[D10, C14] leaves no timer, no listener and no link, and its state readable", async () => {
    const { connection, transport, clock, platform, name } = await online();
    connection.close();
    connection.close();
    expect([transport.lastLink().isOpen, clock.timers, platform.listeners, name()]).toEqual([
      false,
      0,
      0,
      "closed",
    ]);
    connection.connect();
    connection.renew();
    connection.disconnect();
    await clock.advance(60_000);
    expect([name(), transport.attempts.length, connection.link()]).toEqual(["closed", 1, undefined]);
  });

  it("[C11] calls a half-open attempt off, and closes its link if it arrives all the same", async () => {
    const { connection, transport, clock } = harness({ onAbort: () => {} });
    connection.connect();
    await clock.settle();
    connection.close();
    expect([transport.last().signal.aborted, clock.timers]).toEqual([true, 0]);
    const late = transport.last().accept();
    await clock.settle();
    expect([late.isOpen, clock.timers]).toEqual([false, 0]);
  });

  it("leaves nothing behind while it waits, or asks for a token", async () => {
    const waiting = await online();
    waiting.transport.lastLink().cut();
    waiting.connection.close();
    const asking = harness({ auth: () => new Promise(() => {}) });
    asking.connection.connect();
    await asking.clock.settle();
    asking.connection.close();
    expect([waiting.clock.timers, asking.clock.timers, asking.platform.listeners]).toEqual([0, 0, 0]);
  });
});

describe("a connection's credentials", () => {
  it("[C13] are asked for anew for each link", async () => {
    let count = 0;
    const { transport, clock } = await online({ auth: () => `token-${++count}` });
    transport.lastLink().cut();
    await clock.advance(500);
    expect(transport.attempts.map(({ request }) => request.token)).toEqual(["token-1", "token-2"]);
  });

  it("[D9, C6] are renewed at once when they expired, a bounded number of times in a row", async () => {
    let count = 0;
    const { connection, transport, clock, name } = harness({
      auth: () => `token-${++count}`,
      onOpen: (attempt) => attempt.refuse(new MessagingError("auth/expired")),
    });
    connection.connect();
    await clock.settle();
    expect(transport.attempts.length).toBe(2);
    await clock.advance(3_600_000);
    expect([name(), transport.attempts.length, count]).toEqual(["blocked", 4, 4]);
    expect(connection.state.get().error).toMatchObject({
      code: "auth/invalid",
      cause: { code: "auth/expired" },
    });
  });

  it("[D9, C2] are not offered again when they are invalid, until the app renews them", async () => {
    let token = "bad";
    const { connection, transport, clock, name } = harness({
      auth: () => token,
      onOpen: (attempt) => {
        if (attempt.request.token === "good") attempt.accept();
        else attempt.refuse(new MessagingError("auth/invalid"));
      },
    });
    connection.connect();
    await clock.advance(3_600_000);
    expect([name(), transport.attempts.length]).toEqual(["blocked", 1]);
    token = "good";
    connection.renew();
    await clock.settle();
    expect([name(), transport.attempts.length]).toEqual(["online", 2]);
  });

  it("[D9] cannot be made into a storm by an app that connects whenever it is needed", async () => {
    const { connection, transport, clock } = harness({
      onOpen: (attempt) => attempt.refuse(new MessagingError("auth/invalid")),
    });
    connection.state.subscribe(({ name }) => name === "blocked" && connection.connect());
    connection.connect();
    await clock.advance(10_000);
    expect(transport.attempts.length).toBeLessThanOrEqual(11);
  });

  it("are waited for with backoff while their source fails or hangs", async () => {
    let ask = (): string | Promise<string> => {
      throw new TypeError("fetch failed");
    };
    const { connection, transport, clock, name } = harness({ auth: () => ask() });
    connection.connect();
    await clock.settle();
    expect(connection.state.get()).toMatchObject({ name: "waiting", error: { code: "auth/unavailable" } });
    ask = () => new Promise(() => {});
    await clock.advance(500);
    expect(name()).toBe("connecting");
    await clock.advance(10_000);
    expect(connection.state.get().error?.code).toBe("auth/unavailable");
    ask = () => "token";
    await clock.advance(12_000);
    expect(transport.attempts[0]?.request.token).toBe("token");
  });

  it("need the app when their source says that nobody is signed in", async () => {
    const { connection, clock, name } = harness({
      auth: () => Promise.reject(new MessagingError("auth/required")),
    });
    connection.connect();
    await clock.settle();
    expect([name(), connection.state.get().error?.code]).toEqual(["blocked", "auth/required"]);
  });

  it("renew a link without refresh by opening another", async () => {
    let count = 0;
    const { connection, transport, clock } = await online({ auth: () => `token-${++count}` });
    connection.renew();
    await clock.settle();
    expect(transport.attempts.map(({ request }) => request.token)).toEqual(["token-1", "token-2"]);
    expect(transport.links[0]?.isOpen).toBe(false);
  });

  it("are not asked for by a renewal before the app wants a link", async () => {
    let count = 0;
    const { connection, clock } = harness({ auth: () => `token-${++count}` });
    connection.renew();
    await clock.settle();
    expect(count).toBe(0);
  });
});

describe("an open link's token", () => {
  const tokens = (): { auth: () => string; count: () => number } => {
    let count = 0;
    return { auth: () => `token-${++count}`, count: () => count };
  };

  const refreshing = async (tokenExpiresInMs: number): ReturnType<typeof harnessed> =>
    harnessed(tokenExpiresInMs);
  async function harnessed(tokenExpiresInMs: number) {
    const { auth, count } = tokens();
    const made = harness({ auth, canRefresh: true });
    made.connection.connect();
    await made.clock.settle();
    const link = made.transport.last().accept({ tokenExpiresInMs });
    await made.clock.settle();
    return { ...made, link, count };
  }

  it("[C13] is refreshed a minute before it expires, and again before the new one does", async () => {
    const { link, clock } = await refreshing(600_000);
    link.refreshed = () => Promise.resolve(600_000);
    await clock.advance(539_999);
    expect(link.tokens).toEqual([]);
    await clock.advance(1);
    expect(link.tokens).toEqual(["token-2"]);
    await clock.advance(540_000);
    expect(link.tokens).toEqual(["token-2", "token-3"]);
  });

  it("is refreshed at three quarters of a short life, and never in a tight loop", async () => {
    const { link, clock } = await refreshing(4_000);
    link.refreshed = () => Promise.resolve(0);
    await clock.advance(3_000);
    expect(link.tokens.length).toBe(1);
    await clock.advance(10_000);
    expect(link.tokens.length).toBe(11);
  });

  it("is tried again with backoff while refreshing fails, on the same link", async () => {
    const { link, clock, transport } = await refreshing(60_000);
    link.refreshed = () => Promise.reject(new MessagingError("server/internal"));
    await clock.advance(60_000);
    expect(link.tokens.length).toBeGreaterThan(2);
    expect(link.tokens.length).toBeLessThan(15);
    expect(transport.attempts.length).toBe(1);
  });

  it("blocks at once when the new one is invalid", async () => {
    const { link, clock, name } = await refreshing(60_000);
    link.refreshed = () => Promise.reject(new MessagingError("auth/invalid"));
    await clock.advance(45_000);
    expect([name(), link.isOpen]).toEqual(["blocked", false]);
  });

  it("is renewed at once when the app says so, once at a time", async () => {
    const { link, clock, connection, count } = await refreshing(600_000);
    connection.renew();
    connection.renew();
    await clock.settle();
    expect([link.tokens, count()]).toEqual([["token-2"], 2]);
  });

  it("[C13] asks once for a refresh and an attempt that need one at the same moment", async () => {
    let asked = 0;
    let answer: ((token: string) => void) | undefined;
    const made = harness({
      canRefresh: true,
      auth: () => (++asked === 1 ? "first" : new Promise<string>((resolve) => (answer = resolve))),
    });
    made.connection.connect();
    await made.clock.settle();
    made.transport.last().accept({ tokenExpiresInMs: 60_000 });
    await made.clock.advance(45_000);
    made.transport.lastLink().cut({ code: "auth/expired" });
    await made.clock.settle();
    expect(asked).toBe(2);
    answer?.("second");
    await made.clock.settle();
    expect([asked, made.transport.last().request.token, made.transport.lastLink().tokens]).toEqual([
      2,
      "second",
      [],
    ]);
  });
});

describe("a silent link", () => {
  it("[D4] is asked for its heads at every heartbeat of the policy", async () => {
    const { transport, clock } = await online();
    await clock.advance(90_000);
    expect(transport.lastLink().pings).toBe(3);
    const policy = { ...defaultPolicy, heartbeatMs: 5_000 };
    transport.lastLink().deliver({ type: "policy", policy });
    await clock.advance(30_000 + 10_000);
    expect(transport.lastLink().pings).toBe(6);
  });

  it("[C12] is noticed within two heartbeats, and replaced at once", async () => {
    const { transport, clock, log } = await online();
    transport.lastLink().answers = false;
    await clock.advance(59_999);
    expect(transport.attempts.length).toBe(1);
    await clock.advance(1);
    expect([transport.attempts.length, transport.links[0]?.isOpen]).toEqual([2, false]);
    expect(log.at(-1)).toBe("no link: connection/lost");
  });

  it("[C12] is probed when the page is shown again, with little patience", async () => {
    const { transport, clock, platform } = await online();
    await clock.advance(2_000);
    platform.wake();
    platform.wake();
    await clock.settle();
    expect(transport.lastLink().pings).toBe(1);
    transport.lastLink().answers = false;
    await clock.advance(2_000);
    platform.wake();
    await clock.advance(4_999);
    expect(transport.attempts.length).toBe(1);
    await clock.advance(1);
    expect(transport.attempts.length).toBeGreaterThanOrEqual(1);
    expect(transport.links[0]?.isOpen).toBe(false);
  });

  it("[C12] is probed before it is given up when the machine slept through the deadline", async () => {
    const { transport, clock } = await online();
    transport.lastLink().answers = false;
    await clock.advance(30_000); // the ping is out
    clock.sleep(3_600_000);
    transport.lastLink().answers = true;
    await clock.advance(30_000); // its deadline, an hour late
    expect([transport.lastLink().isOpen, transport.lastLink().pings]).toEqual([true, 2]);
  });

  it("is noticed soon after the machine wakes", async () => {
    const { transport, clock } = await online();
    clock.sleep(3_600_000);
    transport.lastLink().answers = false;
    await clock.advance(30_000); // the timer for the next ping, an hour late
    await clock.advance(5_000);
    expect(transport.links[0]?.isOpen).toBe(false);
  });

  it("goes by the policy of its welcome", async () => {
    const made = harness();
    made.connection.connect();
    await made.clock.settle();
    made.transport.last().accept({ ...welcomed, policy: { ...defaultPolicy, heartbeatMs: 1_000 } });
    await made.clock.advance(5_000);
    expect(made.transport.lastLink().pings).toBe(5);
  });
});
