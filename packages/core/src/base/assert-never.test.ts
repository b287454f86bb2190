import { expect, it } from "vitest";
import { assertNever } from "./assert-never.ts";

it("says what was not expected, should a value slip past the compiler", () => {
  // @ts-expect-error: that is its point.
  expect(() => assertNever({ type: "new" })).toThrow('unable to go on; unexpected {"type":"new"}');
});
