import { describe, expect, it } from "vitest";
import { checkArchive } from "../../src/archive/import-archive.ts";
import type { HeaderLine } from "../../src/archive/lines.ts";
import { archiveText } from "../../src/archive/write-archive.ts";
import { newId } from "../support/raw-client.ts";
import { chunksOf, conversation, header, type Line, message, participant, sealed } from "./archive-text.ts";

/** What is said of a file; "right" if nothing is wrong with it. */
async function saidOf(text: string | Uint8Array, chunk?: number): Promise<string> {
  try {
    await checkArchive({ open: chunksOf(text, chunk) });
    return "right";
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    return `${String(error.code)}: ${error.message}`;
  }
}

function said(...lines: readonly (Line | string)[]): Promise<string> {
  return saidOf(sealed([header, ...lines]));
}

const [tea = {}, ada = {}, first = {}, second = {}] = conversation("tea", 2);
const whole = sealed([header, tea, ada, first, second]);
const on = (id: unknown): Line => ({ messageId: id, userId: "ben" });

const file = {
  ...{ type: "file", fileId: newId(), conversationId: "tea", ownerId: "ada", name: "a", mediaType: "a/b" },
  ...{ size: 3, createdAt: 1, state: "ready" },
};

function notebook(): readonly Line[] {
  return [{ ...tea, conversationId: "~/ada", kind: "notebook" }];
}

describe("a file to be imported", () => {
  it("is right as a converter may write it, wherever its chunks end", async () => {
    for (const chunk of [1, 7, 1_000_000]) expect(await saidOf(whole, chunk)).toBe("right");
    expect(await said()).toBe("right");
  });

  it("[E7] has no end where whoever wrote it had to stop, and says why", async () => {
    const pages = async function* () {
      yield [{ type: "participant" }];
      yield [{ type: "problem" }];
      yield [{ type: "message" }];
    };
    let text = "";
    const first: HeaderLine = {
      ...{ type: "header", format: "tidings", version: 1, scope: { of: "server" }, files: "none", at: 1 },
    };
    for await (const some of archiveText(first, pages())) text += some;
    expect(
      text
        .trimEnd()
        .split("\n")
        .map((each) => JSON.parse(each).type),
    ).toEqual(["header", "participant", "problem"]);
  });

  it("[E7] is refused wherever it is cut off", async () => {
    for (let length = 0; length < whole.length; length += 1)
      expect(await saidOf(whole.slice(0, length))).toMatch(/^archive\/damaged: .*(cut off|before its end)/u);
  });

  it("[E7] is refused with any line left out, there twice, in another place or changed", async () => {
    const lines = whole.trimEnd().split("\n");
    const told: string[] = [];
    for (let at = 0; at < lines.length; at += 1) {
      const [line = "", next = ""] = lines.slice(at);
      const others = [
        lines.toSpliced(at, 1),
        lines.toSpliced(at, 0, line),
        lines.toSpliced(at, 2, next, line),
        lines.with(
          at,
          line.replace(/\d(?=\D*$)/u, (digit) => String((Number(digit) + 1) % 10)),
        ),
      ];
      for (const changed of others.filter((each) => each.join() !== lines.join()))
        told.push(await saidOf(`${changed.join("\n")}\n`));
    }
    expect(told.length).toBeGreaterThan(20);
    expect(told.filter((each) => !/^archive\/(damaged|malformed): /u.test(each))).toEqual([]);
  });

  it("says which line is not as it should be, and what is wrong there", async () => {
    for (const [line, reason] of [
      ["", "it is not a JSON object"],
      ["[1]", "it is not a JSON object"],
      [`{"type":"message"`, "it is not a JSON object"],
      [{ type: "nonsense" }, "type: Invalid discriminator value"],
      [{ ...ada, role: "king" }, "role: "],
      [{ ...ada, nickname: "A" }, "nickname is not known"],
      [JSON.stringify(ada).replace("{", `{"__proto__":{"role":"owner"},`), "__proto__ is not known"],
      [{ ...first, content: { text: "x", html: "<b>" } }, "content.html is not known"],
      [{ ...first, id: "../../etc/passwd" }, "id: "],
      [{ ...first, seq: 1.5 }, "seq: "],
      [{ ...header }, "a second header"],
    ] as const)
      expect(await said(tea, line)).toMatch(
        new RegExp(
          `^archive/malformed: unable to read the archive; line 3: .*${reason.replace(/[[\]().]/gu, "\\$&")}`,
          "u",
        ),
      );
    const noText = Buffer.concat([Buffer.from(whole.slice(0, 20)), Buffer.from([0xff]), Buffer.from("\n")]);
    expect(await saidOf(noText)).toContain("line 1: it is not UTF-8");
    expect(await saidOf("x".repeat(5_000_000), 65_536)).toContain(
      "line 1: it is longer than any line may be",
    );
  });

  it("begins with a header of a version that is known, and is no view of one person", async () => {
    expect(await saidOf(sealed([tea]))).toContain("line 1: there is no header before it");
    expect(await saidOf(sealed([{ ...header, version: 2 }]))).toContain("line 1: version: must be 1");
    const person = { ...header, scope: { of: "person", userId: "ada" } };
    expect(await saidOf(sealed([person]))).toContain("line 1: this is what one person may see");
    const only = { ...header, scope: { of: "conversation", conversationId: "work" } };
    expect(await saidOf(sealed([only, tea, ada, first, second]))).toContain("line 2: the header says");
    expect(await saidOf(sealed([only]))).toContain("line 2: there is no conversation before it");
    expect(await saidOf(`${whole}{}\n`)).toContain("line 7: something follows the end");
  });

  it("[E1, E2, E3, E4, E5, E6] is refused where a line does not fit those before it", async () => {
    for (const [lines, reason] of [
      [[tea, { ...ada, rev: 5 }], "rev is not one"],
      [[{ ...tea, rev: 0 }], "rev is not one"],
      [[tea, ada, { ...first, seq: 1 }, { ...second, seq: 3 }], "seq is 3, where 2 would follow"],
      [[tea, ada, first], "messages are missing before it"],
      [[tea, ada, { ...first, rev: 4 }, second], "rev, sentRev or seq"],
      [[tea, ada, { ...first, sentRev: 4 }], "rev, sentRev or seq"],
      [[tea, ada, { ...ada, rev: 1 }], "there is a second participant for ada"],
      [
        [tea, { type: "receipt", conversationId: "tea", userId: "ada", deliveredSeq: 9, readSeq: 0, at: 1 }],
        "it is beyond what there is",
      ],
      [[{ type: "reaction", ...on(first["id"]), emoji: "👍" }], "there is no conversation"],
      [[tea, ada, message("work", 1, 3)], "its conversation does not stand before it"],
      [[...notebook(), message("~/ada", 1, 3)], "there are no messages in a notebook"],
      [[...notebook(), participant("~/ada", "ben", 2)], "a notebook is its owner's only"],
      [[{ ...tea, conversationId: "~/ada" }], "a notebook's id begins with ~/"],
      [[{ ...file, fileId: "../a" }], "fileId: must be a UUID"],
      [[file, tea], "a conversation behind files"],
      [[{ type: "bytes", fileId: file.fileId, at: 0, data: "AAAA" }], "the header says"],
    ] as const)
      expect(await said(...lines)).toMatch(new RegExp(`^archive/malformed: .* line \\d+: .*${reason}`, "u"));
  });
});
