import { describe, expect, it } from "vitest";
import { formatExchange, parseLinkAnswer, parseLinkRequest } from "./exchange.ts";

describe("an exchange", () => {
  const request = { key: "k", first: 3, seen: 7, waitMs: 20_000 } as const;

  it("reads what it wrote, with messages of any text", () => {
    const messages = [JSON.stringify({ text: "two\nlines, \u2028 and ☕" }), "[]"];
    expect(parseLinkRequest(formatExchange(request, messages))).toEqual({ head: request, messages });
    const opening = { ...request, opens: true, closes: 1000 };
    expect(parseLinkRequest(formatExchange(opening))).toEqual({ head: opening, messages: [] });
    const answer = { first: 1, seen: 0, closed: 4503 };
    expect(parseLinkAnswer(formatExchange(answer, ["{}"]))).toEqual({ head: answer, messages: ["{}"] });
  });

  it.each([
    "",
    "<html>\n<body>the hotel's terms</body>",
    "null",
    "[]",
    "7",
    '{"first":1}',
    '{"first":1,"seen":-1}',
    '{"first":1.5,"seen":0}',
    '{"first":"1","seen":0}',
    '{"first":1,"seen":0,"closed":"no","waitMs":0,"key":"k","closes":-1}',
  ])("[T19] takes %j for none", (body) => {
    expect(parseLinkAnswer(body)).toBeUndefined();
    expect(parseLinkRequest(body)).toBeUndefined();
  });

  it("wants of a request its key, and how long it waits", () => {
    for (const missing of ["key", "waitMs"])
      expect(parseLinkRequest(JSON.stringify({ ...request, [missing]: undefined }))).toBeUndefined();
    expect(parseLinkRequest(JSON.stringify({ ...request, opens: 1 }))).toBeUndefined();
  });
});
