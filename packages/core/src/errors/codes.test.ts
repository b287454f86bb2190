import { describe, expect, it } from "vitest";
import { allErrorCodes, entryOf, isErrorCode } from "./codes.ts";

const entries = allErrorCodes().map((code) => [code, entryOf(code)] as const);

describe("the registry of codes", () => {
  it("names each as area/what, in lower case with dashes", () => {
    expect(entries.filter(([code]) => !/^[a-z]+\/[a-z]+(-[a-z]+)*$/.test(code))).toEqual([]);
  });

  it("keeps the codes of an area together, so that the page reads in order", () => {
    const areas = entries.map(([code]) => code.split("/")[0]);
    const changes = areas.filter((area, index) => area !== areas[index - 1]);
    expect(changes).toEqual([...new Set(changes)]);
  });

  it("has a whole sentence for people in each, with no code and no jargon", () => {
    const bad = entries.filter(
      ([, { text }]) => !/^[A-Z].*\.$/.test(text) || /token|frame|socket|null|\//i.test(text),
    );
    expect(bad).toEqual([]);
  });
});

describe("isErrorCode", () => {
  it("knows every code of the registry", () => {
    expect(entries.every(([code]) => isErrorCode(code))).toBe(true);
  });

  it("knows no others, inherited names included", () => {
    const others = [
      "draft/new",
      "",
      "constructor",
      "__proto__",
      "toString",
      undefined,
      null,
      1,
      ["draft/empty"],
    ];
    expect(others.filter(isErrorCode)).toEqual([]);
  });
});
