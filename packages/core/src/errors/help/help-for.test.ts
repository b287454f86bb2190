import { expect, it } from "vitest";
import { allErrorCodes, entryOf } from "../codes.ts";
import { helpFor } from "./help-for.ts";

it("has a page for each code, with what the SDK did and what is left to do", async () => {
  for (const code of allErrorCodes()) {
    const help = await helpFor(code);
    const { category, retryable } = entryOf(code);
    expect(help).toMatchObject({ code, category, retryable });
    for (const text of [help.means, help.why, help.sdk, help.developer, help.person])
      expect(text).toMatch(/^\S.*[.?]$/);
  }
});

it("says what docs/errors.md says, on one line, and names the heading it stands under", async () => {
  expect(await helpFor("connection/timeout")).toMatchObject({
    means: "no welcome came in time, or the server heard nothing from this client for too long.",
    sdk: "dropped the link and opens another.",
    page: "@tidings/core/dist/errors.md#connectiontimeout",
  });
  expect((await helpFor("auth/expired")).sdk).toContain("it stops with auth/invalid: `auth` keeps giving");
});
