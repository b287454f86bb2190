import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../errors/codes.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { Entry } from "./entry.ts";
import { createPatience } from "./patience.ts";

const entryOf = (commandId: string): Entry =>
  new Entry({ type: "participant.leave", commandId, conversationId: "a", at: 0 });

/** Refused again and again. @returns how often until it was given up, `most` if it was not. */
function untilGivenUp(
  code: ErrorCode,
  { most = 2_000, retryAfterMs, between }: { most?: number; retryAfterMs?: number; between?: true } = {},
): { times: number; waitedMs: number } {
  const patience = createPatience(seededRandom(7));
  const entry = entryOf("m1");
  const error = new MessagingError(code, retryAfterMs === undefined ? {} : { retryAfterMs });
  let waitedMs = 0;
  for (let times = 1; times <= most; times += 1) {
    const waitMs = patience.refused(entry, error);
    if (waitMs === undefined) return { times, waitedMs };
    waitedMs += waitMs;
    if (between) patience.took();
  }
  return { times: most, waitedMs };
}

describe("patience", () => {
  it.each<ErrorCode>(["server/internal", "command/out-of-order", "rate/limited"])(
    "[D9, O10] ends after eight refusals with %s, which are about the command",
    (code) => expect(untilGivenUp(code).times).toBe(8),
  );

  it("[D1, O10] outlasts a backend that takes nothing for hours, asking twice a minute or so", () => {
    const { times, waitedMs } = untilGivenUp("server/unavailable", { retryAfterMs: 1_000 });
    expect(waitedMs).toBeGreaterThan(3 * 3_600_000);
    expect(times).toBe(1_000);
    expect(waitedMs / times).toBeGreaterThan(10_000);
  });

  it("[D7, O10] ends soon where the backend takes others meanwhile", () => {
    expect(untilGivenUp("server/unavailable", { between: true }).times).toBe(9);
  });

  it("[O4] never ends for a rate that says how long to wait", () => {
    expect(untilGivenUp("rate/limited", { retryAfterMs: 500, between: true }).times).toBe(2_000);
  });

  it("blames a command for none that was taken before it was first refused", () => {
    const patience = createPatience(seededRandom(7));
    for (let times = 0; times < 20; times += 1) patience.took();
    const error = new MessagingError("server/unavailable");
    const [one, other] = [entryOf("m1"), entryOf("m2")];
    for (let times = 0; times < 20; times += 1) {
      expect(patience.refused(one, error)).toBeDefined();
      expect(patience.refused(other, error)).toBeDefined();
    }
  });
});
