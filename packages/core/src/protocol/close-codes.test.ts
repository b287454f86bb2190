import { describe, expect, it } from "vitest";
import { needsApp } from "../connection/machine.ts";
import { entryOf, isErrorCode } from "../errors/codes.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { isOurFault } from "../outbox/suspects.ts";
import { closeCodeOf, closeCodes } from "./close-codes.ts";

const table = Object.entries(closeCodes).map(([number, code]) => ({ number: Number(number), code }));

describe("close codes", () => {
  it("each stand for a code of the registry", () => {
    expect(table.filter(({ code }) => !isErrorCode(code))).toEqual([]);
  });

  it("are ours, or those RFC 6455 lets a server mean the same by", () => {
    const standard = table.filter(({ number }) => number < 4_000).map(({ number }) => number);
    expect(standard).toEqual([1001, 1009, 1011, 1012, 1013]);
    expect(table.every(({ number }) => number < 5_000)).toBe(true);
  });

  it("say what their number would say of a refused HTTP request, where it would say something", () => {
    expect(closeCodes[4401]).toMatch(/^auth\//);
    expect(entryOf(closeCodes[4503] ?? "client/unknown").category).toBe("server");
  });

  it("come back from the code they stand for, one of ours for each", () => {
    for (const { code } of table) {
      expect(closeCodeOf(code)).toBeGreaterThanOrEqual(4_000);
      expect(closeCodes[closeCodeOf(code)]).toBe(code);
    }
  });

  it("are 4500 for a code that has none", () => {
    expect(closeCodeOf("draft/empty")).toBe(4500);
  });

  const errors = table.map(({ number, code }) => ({ number, error: new MessagingError(code) }));

  it("tell a client that must not come back, until the app has done something, from one that should", () => {
    const blocked = errors.filter(({ error }) => needsApp(error)).map(({ number }) => number);
    expect(blocked).toEqual([4401, 4402, 4403, 4405, 4406]);
  });

  it("tell a client that comes back not to send the same again, where what it sent was the reason", () => {
    const careful = errors.filter(({ error }) => !error.retryable && !needsApp(error));
    expect(careful.map(({ number }) => number)).toEqual([1009, 4400, 4413]);
    for (const { error } of careful) expect(isOurFault(error)).toBe(true);
  });
});
