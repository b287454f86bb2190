import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Harness, harness } from "../../test/connection/harness.ts";
import type { ErrorCode } from "../errors/codes.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { seededRandom } from "../testing/seeded-random.ts";

const code = fc.constantFrom<ErrorCode>(
  "connection/failed",
  "connection/lost",
  "auth/expired",
  "auth/invalid",
  "server/draining",
  "protocol/version",
  "protocol/malformed",
);
const retryAfterMs = fc.option(fc.nat(5_000), { nil: undefined });

type Happening = (on: Harness) => void | Promise<void>;
/** Anything that can happen to a connection. */
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.constantFrom<Happening[]>(
    ({ connection }: Harness) => connection.connect(),
    ({ connection }: Harness) => connection.disconnect(),
    ({ connection }: Harness) => connection.renew(),
    ({ platform }: Harness) => platform.setNetwork(true),
    ({ platform }: Harness) => platform.setNetwork(false),
    ({ platform }: Harness) => platform.wake(),
    ({ clock }: Harness) => clock.settle(),
    ({ clock }: Harness) => clock.sleep(600_000),
    ({ transport }: Harness) => {
      const attempt = transport.attempts.at(-1);
      if (attempt && !attempt.isSettled) attempt.accept({ tokenExpiresInMs: 20_000 });
    },
    ({ transport }: Harness) => {
      const link = transport.links.at(-1);
      if (link) link.answers = !link.answers;
    },
  ),
  fc.nat(40_000).map(
    (ms) =>
      ({ clock }: Harness) =>
        clock.advance(ms),
  ),
  fc.record({ code, retryAfterMs }).map(
    (why) =>
      ({ transport }: Harness) =>
        transport.attempts.at(-1)?.refuse(new MessagingError(why.code, { retryAfterMs: why.retryAfterMs })),
  ),
  fc.record({ code, retryable: fc.boolean() }).map(
    (why) =>
      ({ transport }: Harness) =>
        transport.links.at(-1)?.cut(why),
  ),
);

/** Aborted attempts take a while to end, as sockets do, and some end as a link nobody wants. */
function slowHarness(seed: number): Harness {
  const random = seededRandom(seed);
  const made = harness({
    random,
    canRefresh: true,
    auth: () => {
      if (random.next() < 0.2) throw new Error("no token today");
      return `token-${random.next()}`;
    },
    onAbort: (attempt) =>
      void made.clock.after(random.next() * 3_000, () => {
        if (attempt.isSettled) return;
        if (random.next() < 0.5) attempt.accept();
        else attempt.refuse(new MessagingError("connection/failed"));
      }),
  });
  return made;
}

/** What must hold whenever nothing more happens by itself. */
function isSound({ connection, transport, log, name }: Harness): boolean {
  const held = transport.links.filter(({ isOpen }) => isOpen).length;
  const turns = log.filter((entry) => entry.includes("link"));
  const isInTurn = turns.every((entry, index) => (entry === "link") === (index % 2 === 0));
  const isHonest = (name() === "online") === (connection.link() !== undefined);
  return transport.mostAtOnce <= 1 && held <= 1 && isInTurn && isHonest;
}

describe("a connection, whatever happens", () => {
  it("[D9, C9] makes one attempt at a time, holds one link, and tells of them in turn", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.array(happening, { maxLength: 80 }), async (seed, happenings) => {
        const made = slowHarness(seed);
        made.connection.connect();
        for (const happen of happenings) {
          await happen(made);
          await made.clock.settle();
          expect(isSound(made)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("[D10, C14] leaves nothing behind when it is closed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.array(happening, { maxLength: 40 }), async (seed, happenings) => {
        const made = slowHarness(seed);
        made.connection.connect();
        for (const happen of happenings) await happen(made);
        made.connection.close();
        expect(made.platform.listeners).toBe(0);
        await made.clock.advance(60_000); // aborted attempts end, late links come
        expect(made.clock.timers).toBe(0);
        expect(made.transport.links.filter(({ isOpen }) => isOpen)).toEqual([]);
        const attempts = made.transport.attempts.length;
        for (const happen of happenings) await happen(made);
        expect([made.transport.attempts.length, made.name(), made.connection.link()]).toEqual([
          attempts,
          "closed",
          undefined,
        ]);
      }),
      { numRuns: 300 },
    );
  });

  it("gets online again once nothing goes wrong any more", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.array(happening, { maxLength: 60 }), async (seed, happenings) => {
        let isGood = false;
        const made = harness({
          random: seededRandom(seed),
          auth: () => "token",
          onOpen: (attempt) => void (isGood && attempt.accept()),
        });
        made.connection.connect();
        for (const happen of happenings) await happen(made);
        await made.clock.settle();
        isGood = true;
        made.platform.setNetwork(true);
        made.connection.connect();
        await made.clock.advance(120_000);
        expect(made.name()).toBe("online");
      }),
      { numRuns: 200 },
    );
  });

  it("[D9, C7] opens few sockets however fast network and screen flicker", async () => {
    const made = harness({ onOpen: (attempt) => attempt.refuse(new MessagingError("connection/failed")) });
    made.connection.connect();
    for (let flicker = 0; flicker < 10_000; flicker += 1) {
      made.platform.setNetwork(flicker % 2 === 1);
      made.platform.wake();
      await made.clock.advance(1);
    }
    expect(made.transport.attempts.length).toBeLessThan(25);
  });

  it("[D9, C4] opens few sockets while every attempt fails", async () => {
    const made = harness({ onOpen: (attempt) => attempt.refuse(new MessagingError("connection/failed")) });
    made.connection.connect();
    await made.clock.advance(3_600_000);
    expect(made.transport.attempts.length).toBeGreaterThan(200); // every 15 s on average
    expect(made.transport.attempts.length).toBeLessThan(300);
  });
});
