import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BackoffPolicy } from "../base/backoff.ts";
import { allErrorCodes, type ErrorCode } from "../errors/codes.ts";
import { MessagingError, type MessagingErrorOptions } from "../errors/messaging-error.ts";
import {
  advanceConnection,
  type ConnectionEvent,
  type ConnectionName,
  initialConnection,
  type MachineState,
  needsApp,
} from "./machine.ts";

const backoff: BackoffPolicy = { baseMs: 500, maxMs: 30_000 };
type Timed = ConnectionEvent & { readonly at: number };
const step = (state: MachineState, event: Timed): MachineState =>
  advanceConnection(state, event, event.at, backoff);
const connect = (at: number, hasNetwork = true): Timed => ({ type: "connect", at, hasNetwork });
const wake = (at: number, hasNetwork = true): Timed => ({ type: "wake", at, hasNetwork });
const lost = (at: number, code: ErrorCode, options?: MessagingErrorOptions, random = 0.5): Timed => ({
  ...{ type: "lost", at, random, isAlone: false },
  error: new MessagingError(code, options),
});
const run = (...events: readonly Timed[]): MachineState => events.reduce(step, initialConnection(0));

const reach: Record<ConnectionName, MachineState> = {
  idle: run(),
  connecting: run(connect(0)),
  online: run(connect(0), { type: "opened", at: 0 }),
  waiting: run(connect(0), lost(0, "connection/failed")),
  offline: run(connect(0, false)),
  blocked: run(connect(0), lost(0, "auth/invalid")),
  closed: run({ type: "close", at: 0 }),
};

const anyEvent: fc.Arbitrary<(at: number) => Timed> = fc.oneof(
  fc
    .constantFrom("disconnect" as const, "due" as const, "opened" as const)
    .map((type) => (at: number) => ({ type, at })),
  fc.boolean().map((hasNetwork) => (at: number) => connect(at, hasNetwork)),
  fc.boolean().map((hasNetwork) => (at: number) => wake(at, hasNetwork)),
  fc
    .record({
      code: fc.constantFrom<ErrorCode>("connection/lost", "auth/expired", "auth/invalid", "server/draining"),
      retryAfterMs: fc.option(fc.nat(60_000), { nil: undefined }),
      random: fc.double({ min: 0, max: 0.999, noNaN: true }),
      isAlone: fc.boolean(),
    })
    .map(({ code, retryAfterMs, random, isAlone }) => (at: number): Timed => ({
      ...{ type: "lost", at, random, isAlone },
      error: new MessagingError(code, { retryAfterMs }),
    })),
);
/** Events with the time since the one before. */
const history = fc.array(fc.tuple(anyEvent, fc.nat(20_000)), { maxLength: 60 });

function* walk(events: readonly (readonly [(at: number) => Timed, number])[]): Generator<{
  readonly before: MachineState;
  readonly event: Timed;
  readonly after: MachineState;
}> {
  let state = initialConnection(0);
  let at = 0;
  for (const [make, passedMs] of events) {
    at += passedMs;
    const before = state;
    const event = make(at);
    state = step(before, event);
    yield { before, event, after: state };
  }
}

describe("the connection machine", () => {
  it("[C1] has one answer for every state and event, mostly to stay as it is; closed is for ever (laws 1, 2)", () => {
    const table = Object.values(reach).map((state) => [
      state.name,
      ...[
        connect(5_000),
        connect(5_000, false),
        wake(5_000),
        wake(5_000, false),
        { type: "due", at: 5_000 } as const,
        { type: "opened", at: 5_000 } as const,
        lost(5_000, "connection/lost"),
        lost(5_000, "auth/invalid"),
        { type: "disconnect", at: 5_000 } as const,
        { type: "close", at: 5_000 } as const,
      ].map((event) => {
        const next = step(state, event);
        return next === state ? "·" : next.name;
      }),
    ]);
    expect(table).toEqual([
      ["idle", "connecting", "offline", "·", "·", "·", "·", "·", "·", "·", "closed"],
      ["connecting", "·", "offline", "·", "offline", "·", "online", "waiting", "blocked", "idle", "closed"],
      ["online", "·", "offline", "·", "offline", "·", "·", "waiting", "blocked", "idle", "closed"],
      [
        "waiting",
        "connecting",
        "offline",
        "connecting",
        "offline",
        "connecting",
        "·",
        "·",
        "·",
        "idle",
        "closed",
      ],
      ["offline", "connecting", "·", "connecting", "·", "·", "·", "·", "·", "idle", "closed"],
      ["blocked", "connecting", "offline", "·", "·", "·", "·", "·", "·", "idle", "closed"],
      ["closed", "·", "·", "·", "·", "·", "·", "·", "·", "·", "·"],
    ]);
  });

  it("says since when, which attempt, when next and why", () => {
    expect(reach.waiting).toMatchObject({ attempt: 1, since: 0, retryAtMs: 250 });
    expect(reach.waiting.error?.code).toBe("connection/failed");
    const again = step(reach.waiting, { type: "due", at: 250 });
    expect(again).toMatchObject({ name: "connecting", attempt: 2, since: 250 });
    expect(again.retryAtMs).toBeUndefined();
    expect(again.error?.code).toBe("connection/failed");
    expect(step(again, { type: "opened", at: 300 }).error).toBeUndefined();
    expect(reach.offline.error?.code).toBe("connection/offline");
  });

  it("[C2] leaves idle and blocked only for the app (law 3)", () => {
    fc.assert(
      fc.property(history, (events) => {
        for (const { before, event, after } of walk(events)) {
          const isAppNeeded = before.name === "idle" || before.name === "blocked";
          const isApp = event.type === "connect" || event.type === "disconnect";
          expect(!isAppNeeded || isApp || after === before).toBe(true);
        }
      }),
    );
  });

  it("[C3] attempts nothing without a network (law 4)", () => {
    fc.assert(
      fc.property(history, (events) => {
        for (const { before, event, after } of walk(events)) {
          const saysNone = "hasNetwork" in event && !event.hasNetwork;
          if (saysNone) expect(after.name).not.toBe("connecting");
          if (before.name === "offline" && after.name !== "offline") {
            expect(["wake", "connect", "disconnect"]).toContain(event.type);
          }
        }
      }),
    );
  });

  it("[D9, C4] waits longer with each attempt, any time up to the ceiling, never beyond it (law 5)", () => {
    let state = reach.connecting;
    let at = 0;
    for (const ceilingMs of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      const delays = [0, 0.5, 0.999].map((random) => {
        const next = step(state, lost(at, "connection/failed", {}, random));
        return (next.retryAtMs ?? NaN) - at;
      });
      expect(delays).toEqual([0, ceilingMs / 2, Math.floor(0.999 * ceilingMs)]);
      state = step(state, lost(at, "connection/failed"));
      at = state.retryAtMs ?? NaN;
      state = step(state, { type: "due", at });
    }
  });

  it("[D9, C4] begins anew only after a link that held for a while (law 5)", () => {
    const third = run(
      ...[connect(0), lost(0, "connection/failed"), { type: "due", at: 250 } as const],
      ...[
        lost(250, "connection/failed"),
        { type: "due", at: 1_000 } as const,
        { type: "opened", at: 1_000 } as const,
      ],
    );
    expect(third).toMatchObject({ name: "online", attempt: 3 });
    expect(step(third, lost(10_999, "connection/lost"))).toMatchObject({ attempt: 3, retryAtMs: 11_999 });
    expect(step(third, lost(11_000, "connection/lost"))).toMatchObject({ attempt: 0, retryAtMs: 11_250 });
  });

  it("comes back at once when only its own link fell silent", () => {
    const error = new MessagingError("connection/lost");
    const silent = (at: number): MachineState =>
      step(reach.online, { type: "lost", at, error, random: 0.5, isAlone: true });
    expect(silent(60_000)).toMatchObject({ name: "connecting", attempt: 1 });
    expect(silent(1_000)).toMatchObject({ name: "waiting" });
  });

  it("[D9, C5] comes back no earlier than the server says, and not in step with the others (law 6)", () => {
    const draining = (random: number): MachineState =>
      step(reach.online, lost(0, "server/draining", { retryAfterMs: 5_000 }, random));
    expect(draining(0).retryAtMs).toBe(5_000);
    expect(draining(0.9).retryAtMs).toBe(5_450);
    const woken = step(draining(0.9), wake(2_000));
    expect(woken).toMatchObject({ name: "waiting", retryAtMs: 5_000 });
    expect(step(woken, connect(3_000))).toBe(woken);
    const flickered = step(step(woken, wake(3_000, false)), wake(3_100));
    expect(flickered).toMatchObject({ name: "waiting", retryAtMs: 5_000 });
    const insisted = step(step(woken, { type: "disconnect", at: 3_000 }), connect(3_000));
    expect(insisted.name).toBe("connecting");
  });

  it("[D9, C5] is not kept away for ever by a server's number", () => {
    const state = step(reach.online, lost(0, "server/full", { retryAfterMs: Number.MAX_SAFE_INTEGER }));
    expect(state.retryAtMs).toBeLessThanOrEqual(3_601_000);
  });

  it("[C6] tries a new token at once when one expired, with care when it happens again (law 7)", () => {
    const first = step(reach.connecting, lost(0, "auth/expired"));
    expect(first).toMatchObject({ name: "connecting", attempt: 2 });
    expect(step(first, lost(0, "auth/expired"))).toMatchObject({ name: "waiting", attempt: 2 });
  });

  it("[D9, C6] needs the app when fresh tokens are called expired again and again (law 7)", () => {
    let state = reach.connecting;
    for (let verdicts = 1; verdicts <= 3; verdicts += 1) {
      state = step(state, lost(0, "auth/expired"));
      expect(state.name).not.toBe("blocked");
      if (state.name === "waiting") state = step(state, { type: "due", at: 0 });
      state = step(state, { type: "opened", at: 0 }); // being let in for a moment forgives nothing
    }
    state = step(state, lost(0, "auth/expired"));
    expect(state).toMatchObject({ name: "blocked" });
    expect(state.error?.code).toBe("auth/invalid");
    const revived = step(state, connect(5_000));
    expect(revived).toMatchObject({ name: "connecting", expiries: 0 });
  });

  it("does not count expiries of links that held, as of short-lived tokens (law 7)", () => {
    let state = reach.online;
    for (let minute = 1; minute <= 20; minute += 1) {
      state = step(state, lost(minute * 60_000, "auth/expired"));
      expect(state.name).toBe("connecting");
      state = step(state, { type: "opened", at: minute * 60_000 });
    }
  });

  it("[D9, C7] begins attempts that something woke a second apart (law 8)", () => {
    fc.assert(
      fc.property(history, (events) => {
        let lastBeganAt = -Infinity;
        for (const { before, event, after } of walk(events)) {
          if (event.type === "disconnect") lastBeganAt = -Infinity;
          if (after.name !== "connecting" || after === before) continue;
          if (event.type === "wake" || event.type === "connect") {
            expect(event.at - lastBeganAt).toBeGreaterThanOrEqual(1_000);
          }
          lastBeganAt = event.at;
        }
      }),
    );
  });

  it("shows a time to retry exactly while it waits", () => {
    fc.assert(
      fc.property(history, (events) => {
        for (const { after } of walk(events)) {
          expect(after.retryAtMs !== undefined).toBe(after.name === "waiting");
          if (after.name === "blocked") expect(after.error).toBeDefined();
        }
      }),
    );
  });

  it("[C2] needs the app for refused credentials and versions, for nothing that may pass", () => {
    const blocking = allErrorCodes().filter((code) => needsApp(new MessagingError(code)));
    expect(blocking).toEqual([
      ...["auth/required", "auth/invalid", "auth/origin", "protocol/version", "protocol/hello"],
      ...["client/closed", "client/misused", "client/listener"],
    ]);
    expect(needsApp(new MessagingError("auth/invalid", { retryable: true }))).toBe(false);
  });

  it("[D4, C8] law 8: such a gap stays void when the link, and then the network, goes", () => {
    const hour = 3_600_000;
    const opened = { type: "opened", at: hour } as const;
    const back = run(connect(hour), opened, lost(1_000, "connection/lost"), wake(1_100, false), wake(5_000));
    expect(back.name).toBe("connecting");
  });

  it("[C8] law 8: a gap noted before the clock was set back is void", () => {
    const at = 10_000_000;
    const flickered = [connect(at), wake(at + 1, false)];
    expect(run(...flickered, wake(at + 2)).name).toBe("waiting");
    expect(run(...flickered, wake(at - 3_600_000)).name).toBe("connecting");
    expect(run(connect(at), wake(at - 3_600_000, false), wake(at - 3_599_999)).name).toBe("connecting");
  });
});
