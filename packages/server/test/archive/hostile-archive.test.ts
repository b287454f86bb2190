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
    const lines = conversation("work");
    const device = {
      type: "device",
      userId: "ben",
      deviceId: "a",
      at: 1,
      endpoint: "https://push.example/a",
    };
    const entry = { type: "audit", at: 1, actorId: "ada", action: "conversation.erase" };
    for (const [line, reason] of [
      [{ ...device, p256dh: "a", auth: "a" }, "which has no devices"],
      [{ ...entry, conversationId: "tea" }, "there is another conversation only"],
      [entry, "there is another conversation only"],
    ] as const)
      expect(await saidOf(sealed([only, ...lines, line]))).toContain(reason);
    expect(await saidOf(sealed([only, ...lines, { ...entry, conversationId: "work" }]))).toBe("right");
    expect(await saidOf(`${whole}{}\n`)).toContain("line 7: something follows the end");
  });

  it("[E1, E2] is refused where one revision is given twice, or numbers leave no room for others", async () => {
    const ben = participant("tea", "ben", 2);
    const farthest = Number.MAX_SAFE_INTEGER;
    const pruned = { ...tea, head: { rev: 9, seq: 7 }, floorSeq: 8 };
    for (const [lines, reason] of [
      [[tea, { ...ada, rev: 1 }], "the revision 1 was given before it"],
      [[tea, ada, ben], "the revision 2 was given before it"],
      [[tea, ada, { ...first, rev: 2 }], "the revision 2 was given before it"],
      [[tea, ada, { ...first, sentRev: 2 }], "the revision 2 was given before it"],
      [[tea, ada, { ...first, sentRev: 3, rev: 4 }, second], "the revision 4 was given before it"],
      [[{ ...tea, head: { rev: farthest, seq: 0 } }], "head.rev: "],
      [[{ ...tea, head: { rev: 2, seq: farthest } }], "head.seq: "],
      [[{ ...tea, activeAt: farthest }], "activeAt: "],
      [[{ ...tea, createdAt: farthest }], "createdAt: "],
      [[{ ...tea, head: { rev: 9, seq: 7 } }, ada], "messages are missing before it: there are up to 7"],
    ] as const)
      expect(await said(...lines)).toMatch(new RegExp(`^archive/malformed: .* line \\d+: .*${reason}`, "u"));
    for (const line of [pruned, { ...pruned, floorSeq: 1, status: "deleted" }])
      expect(await said(line, ada)).toBe("right");
    expect(await said({ ...tea, head: { rev: 40, seq: 2 } }, { ...ada, rev: 32 }, first, second)).toBe(
      "right",
    );
  });

  it("[E4] is refused where a message counts what does not stand behind it", async () => {
    const head = { ...tea, head: { rev: 3, seq: 1 } };
    const like = (userId: string): Line => ({ type: "reaction", ...on(first["id"]), userId, emoji: "👍" });
    const vote = (userId: string, option: number): Line => ({ ...like(userId), ...{ type: "vote", option } });
    const version = (at: number): Line => ({
      ...{ type: "version", messageId: first["id"], version: at, content: { text: "so" } },
      ...{ replacedAt: 2, replacedBy: "ada" },
    });
    const liked = (count: number, ...userIds: readonly string[]): Line => ({
      ...{ ...first, reactions: [{ emoji: "👍", count, userIds }] },
    });
    const poll = (votes: readonly [number, number], voters: number, more = {}): Line => ({
      ...{ ...first, kind: "poll", content: { text: "?", poll: { options: ["Tea", "Coffee"], ...more } } },
      tally: { voters, results: votes.map((count) => ({ count, userIds: [] })) },
    });
    const { emoji: _emoji, ...tea0 } = vote("ben", 0);
    const { emoji: _other, ...coffee } = vote("ben", 1);
    const { emoji: _third, ...cleos } = vote("cleo", 0);
    const gone = { ...first, content: { text: "" }, deletedAt: 2, deletedBy: "ada" };
    const edited = { ...first, version: 2 };
    for (const lines of [
      [liked(2, "ben"), like("cleo"), like("ben")],
      [poll([2, 1], 2, { many: true }), tea0, cleos, coffee],
      [poll([2, 0], 2, { anonymous: true }), tea0, cleos],
      [edited, version(0), version(1)],
      [gone, version(0), like("ben")],
      [gone],
    ])
      expect(await said(head, ada, ...lines)).toBe("right");
    for (const [lines, reason] of [
      [[liked(1_000_000, "eve")], "👍 is said to be there 1000000 times, and is 0"],
      [[liked(1), like("ben"), like("cleo")], "👍 is said to be there 1 times, and is 2"],
      [[liked(1, "eve"), like("ben")], "👍 names who did not put it there"],
      [[liked(2, "ben", "ben"), like("ben"), like("cleo")], "👍 names who did not"],
      [[first, like("ben")], "or does not tell of it"],
      [
        [{ ...liked(0), reactions: [0, 0].map(() => ({ emoji: "👍", count: 0, userIds: [] })) }],
        "one emoji twice",
      ],
      [[first, tea0], "or does not tell of it"],
      [[{ ...first, tally: { voters: 0, results: [] } }], "tally is not of the options"],
      [[poll([0, 0], 0), { ...tea0, option: 2 }], "or does not tell of it"],
      [[poll([1, 1], 1), tea0, coffee], "ben has voted already"],
      [[poll([2, 0], 1), tea0, cleos], "voters are not as many"],
      [[poll([1, 0], 1, { many: true }), tea0, coffee], "option 1 is said to be there 0 times"],
      [[{ ...first, version: 7 }], "there are 0 of 7 versions"],
      [[first, version(0)], "or does not tell of it"],
      [[edited, version(0)], "there are 1 of 2 versions"],
      [[edited, version(1)], "version 1 does not follow there"],
      [[edited, version(0), version(1), version(2)], "version 2 does not follow there"],
      [[gone, version(0), version(1)], "version 1 does not follow there"],
      [[{ ...gone, reactions: liked(1)["reactions"] }], "it is deleted, and"],
    ] as const)
      expect(await said(head, ada, ...lines)).toMatch(
        new RegExp(`^archive/malformed: .* line \\d+: .*${reason}`, "u"),
      );
    // What is about a message stands before whatever messages come next.
    expect(await said(tea, ada, first, { ...like("ben"), messageId: first["id"] }, second)).toContain(
      "line 5",
    );
    expect(await said(tea, ada, liked(1), second, like("ben"))).toBe("right");
    expect(
      await said(
        tea,
        ada,
        liked(1),
        { ...second, reactions: liked(1)["reactions"] },
        { ...like("ben"), messageId: second["id"] },
      ),
    ).toContain("👍 is said to be there 1 times, and is 0");
    expect(await said(tea, ada, liked(1), like("ben"), second, like("cleo"))).toContain("line 7: ");
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
