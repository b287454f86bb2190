import { entryOf } from "@tidings/core/errors";
import { closeCodes } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { golden } from "../test/scripted-server.ts";
import { closeError, refusal } from "./close-error.ts";

describe("closeError", () => {
  it.each(Object.entries(closeCodes))("reads close code %s as %s", (closeCode, code) => {
    const error = closeError(Number(closeCode), undefined, "connection/lost");
    expect(error).toMatchObject({ code, retryable: entryOf(code).retryable });
  });

  it.each([1000, 1002, 1005, 1006, 1008, 4999])("takes %s as a link that was lost", (closeCode) => {
    expect(closeError(closeCode, undefined, "connection/lost")).toMatchObject({
      code: "connection/lost",
      retryable: true,
      message: `unable to reach the server; closed with ${closeCode}`,
    });
  });

  it("lets what was said before win over the close code", () => {
    const closing = {
      type: "closing",
      code: "server/draining",
      retryAfterMs: 400,
      message: "unable to stay; m",
    } as const;
    expect(closeError(4401, closing, "connection/lost")).toMatchObject({
      code: "server/draining",
      retryAfterMs: 400,
      message: "unable to stay; m",
    });
  });

  it("falls back on the close code where it does not know what was said, and keeps its delay", () => {
    const closing = { type: "closing", code: "server/moved", retryAfterMs: 400 } as const;
    expect(closeError(4503, closing, "connection/lost")).toMatchObject({
      code: "server/draining",
      retryAfterMs: 400,
      message: "unable to reach the server; closed with server/moved",
    });
  });
});

describe("refusal", () => {
  it("says what the server said", () => {
    const frame = golden("reject.rate.limited");
    const error = frame.type === "reject" ? refusal(frame) : undefined;
    expect(error).toMatchObject({
      code: "rate/limited",
      retryable: true,
      retryAfterMs: 1250,
    });
  });

  it("lets the server overrule whether to try again", () => {
    const frame = { type: "reject", id: 1, code: "server/internal", retryable: false } as const;
    expect(refusal(frame)).toMatchObject({ code: "server/internal", retryable: false });
  });

  it("goes by the frame where it does not know the code, and names it", () => {
    const frame = golden("reject.code-of-the-future");
    const error = frame.type === "reject" ? refusal(frame) : undefined;
    expect(error).toMatchObject({ code: "client/unknown", retryable: false });
    expect(error?.message).toContain('"karma/spent": unable to send; there is no karma left');
  });
});
