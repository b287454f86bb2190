import { afterEach, describe, expect, it, vi } from "vitest";
import { copyOf } from "./copy.ts";

afterEach(() => vi.unstubAllGlobals());

describe.each(["with structuredClone", "without structuredClone, as in React Native"])(
  "a copy, %s",
  (how) => {
    it("is equal, and shares nothing that can change", () => {
      if (how.startsWith("without")) vi.stubGlobal("structuredClone", undefined);
      const value = { a: [1, { b: null, c: undefined }], d: new Uint8Array([1, 2]), e: "x", f: true };
      const copy = copyOf(value);
      expect(copy).toEqual(value);
      value.a.length = 0;
      value.d[0] = 9;
      expect(copy).toEqual({ a: [1, { b: null, c: undefined }], d: new Uint8Array([1, 2]), e: "x", f: true });
    });
  },
);
