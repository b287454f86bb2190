import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyText } from "../../test/any-text.ts";
import { isErrorCode } from "../errors/codes.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { MOST_FRAMES } from "./bounds.ts";
import { parseClientFrames } from "./parse-client.ts";
import { parseResult, parseServerFrames } from "./parse-server.ts";

// The shapes themselves are tested by the golden frames, test/frames.

const ping = { type: "ping", n: 1, seen: 0 };

/** The code that answers `text`; nothing if it is read. */
function codeOf(text: string): string | undefined {
  const parsed = parseClientFrames(text);
  if (!parsed.ok) return parsed.error.code;
  return parsed.frames.map((frame) => ("error" in frame ? frame.error.code : undefined)).find(Boolean);
}

describe("an array of frames", () => {
  it("[D9] holds at most 1,000", () => {
    const many = (length: number): string => JSON.stringify(Array.from({ length }, () => ping));
    expect(parseClientFrames(many(MOST_FRAMES))).toMatchObject({ ok: true });
    expect(codeOf(many(MOST_FRAMES + 1))).toBe("protocol/malformed");
  });

  it("[D7] keeps its order around a request that is refused alone", () => {
    const text = JSON.stringify([ping, { type: "submit", id: 3, lane: 9, command: {} }, { ...ping, n: 2 }]);
    expect(parseClientFrames(text)).toMatchObject({
      ok: true,
      frames: [ping, { type: "malformed", id: 3, lane: 9 }, { ...ping, n: 2 }],
    });
  });
});

describe("hostile input", () => {
  it("[D9] nested a million deep is refused, not a crash", () => {
    for (const [open, shut] of [
      ["[", "]"],
      ['{"a":', "}"],
    ] as const) {
      expect(codeOf(`${open.repeat(1e6)}1${shut.repeat(1e6)}`)).toBe("protocol/malformed");
      expect(codeOf(open.repeat(1e6))).toBe("protocol/malformed");
    }
  });

  it("cannot reach a prototype", () => {
    const text =
      '{"__proto__":{"type":"ping","polluted":1},"constructor":{"prototype":{"polluted":1}},"type":"x"}';
    expect(codeOf(text)).toBe("protocol/malformed");
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
    const inherited = parseClientFrames('{"__proto__":{"n":1,"seen":0},"type":"ping"}');
    expect(inherited).toMatchObject({ ok: false });
  });

  it("of any kind gets an answer from the registry and no exception", () => {
    const leaf = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom("submit", "query", "ping", "hello", 0, -1, 1e308, null),
    );
    const keys = fc.constantFrom(
      "type",
      "id",
      "lane",
      "command",
      "query",
      "signal",
      "n",
      "seen",
      "token",
      "version",
    );
    const frame = fc.dictionary(keys, leaf);
    const text = fc.oneof(
      anyText,
      fc.json(),
      frame.map((value) => JSON.stringify(value)),
      fc.array(frame).map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(text, (data) => {
        const code = codeOf(data);
        expect(code === undefined || isErrorCode(code)).toBe(true);
        const fromServer = parseServerFrames(data);
        expect(fromServer.ok || fromServer.error.code === "protocol/malformed").toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("[D8] does not find its content in the error, which goes to logs", () => {
    const secret = "the-secret";
    const command = {
      type: "message.send",
      conversationId: secret,
      content: { text: secret, [secret]: secret },
    };
    const texts = [
      JSON.stringify({ type: "submit", id: 1, command }),
      JSON.stringify({ type: "hello", version: "1", token: secret }),
      JSON.stringify({ type: secret }),
      `{"type":"ping","n":1 ${secret}`,
    ];
    for (const text of texts) {
      const parsed = parseClientFrames(text);
      const said = parsed.ok ? parsed.frames : [parsed.error, String(parsed.error), parsed.error.cause];
      expect(
        JSON.stringify(said.map((each) => ("error" in Object(each) ? Object(each).error.message : each))),
      ).not.toContain(secret);
    }
  });
});

describe("parseResult", () => {
  it("throws `protocol/malformed` and says where, not what", () => {
    const attempt = (): unknown =>
      parseResult("participants", { items: [{ type: "participant", role: "king" }] });
    expect(attempt).toThrow(MessagingError);
    expect(attempt).toThrow('unable to read the frame; the result of "participants" is wrong at items.0');
  });
});
