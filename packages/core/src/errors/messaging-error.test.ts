import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { entryOf } from "./codes.ts";
import { isMessagingError, MessagingError, toMessagingError } from "./messaging-error.ts";

describe("MessagingError", () => {
  it("says what the registry says of its code", () => {
    const error = new MessagingError("rate/limited");
    expect(error).toMatchObject({
      name: "MessagingError",
      code: "rate/limited",
      category: "limit",
      retryable: true,
      retryAfterMs: undefined,
      userMessage: entryOf("rate/limited").text,
    });
    expect(error).toBeInstanceOf(Error);
  });

  it("says what its maker adds", () => {
    const cause = new Error("disk");
    const options = {
      message: "unable to write; the disk is slow",
      retryable: false,
      retryAfterMs: 500,
      cause,
    };
    const error = new MessagingError("storage/failed", options);
    expect(error).toMatchObject({ message: options.message, retryable: false, retryAfterMs: 500, cause });
  });

  it("has no cause when it was given none, so that a log does not show an empty one", () => {
    expect(Object.hasOwn(new MessagingError("auth/expired"), "cause")).toBe(false);
  });

  it("lets the backend overrule whether to try again, in both directions", () => {
    expect(new MessagingError("server/internal", { retryable: false }).retryable).toBe(false);
    expect(new MessagingError("permission/denied", { retryable: true }).retryable).toBe(true);
    expect(new MessagingError("permission/denied", { retryable: undefined }).retryable).toBe(false);
  });
});

describe("isMessagingError", () => {
  it("knows an error of another copy of this package, also of another realm", () => {
    const foreign: unknown = runInNewContext(
      'Object.assign(new Error("x"), { name: "MessagingError", code: "auth/expired" })',
    );
    expect(foreign).not.toBeInstanceOf(Error);
    expect(isMessagingError(foreign)).toBe(true);
  });

  it("does not know others", () => {
    const named = Object.assign(new Error("x"), { name: "MessagingError" });
    const coded = Object.assign(new Error("x"), { code: "auth/expired" });
    const unknownCode = { name: "MessagingError", code: "auth/of-the-future" };
    expect([named, coded, unknownCode, null, undefined, "auth/expired"].filter(isMessagingError)).toEqual([]);
  });
});

describe("toMessagingError", () => {
  it("hands on what is ours already", () => {
    const error = new MessagingError("auth/expired");
    expect(toMessagingError(error, "storage/failed")).toBe(error);
  });

  it("wraps any other error, keeping its words and itself", () => {
    const cause = new RangeError("too far");
    const error = toMessagingError(cause, "storage/failed");
    expect(error).toMatchObject({ code: "storage/failed", message: "unable to go on; too far", cause });
  });

  it("wraps whatever can be thrown", () => {
    const things = ["text", undefined, null, 1, Symbol("s"), Object.create(null), { toString: 1 }];
    for (const thing of things) {
      expect(toMessagingError(thing)).toMatchObject({ code: "client/unknown", cause: thing });
    }
    expect(toMessagingError("text").message).toBe("unable to go on; text");
  });
});
