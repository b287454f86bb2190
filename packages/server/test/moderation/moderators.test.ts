import { describe, expect, it } from "vitest";
import { addressesIn } from "../../src/moderation/addresses.ts";
import {
  links,
  type ModeratedDraft,
  type ModerationContext,
  type Moderator,
  profanity,
  scorer,
  spam,
} from "../../src/moderation/index.ts";
import { withMask } from "../../src/moderation/mask.ts";

const said = (text: string): ModeratedDraft => ({ kind: "text", text, ranges: [] });
const by = (authorId: string, at = 0): ModerationContext => ({
  authorId,
  conversationId: "a",
  at,
  isEdit: false,
});

const verdict = async (moderator: Moderator, text: string, context = by("ada")): Promise<unknown> =>
  moderator(said(text), context);
const kinds = async (moderator: Moderator, texts: readonly string[]): Promise<readonly string[]> =>
  (await Promise.all(texts.map(async (text) => moderator(said(text), by("ada"))))).map(({ type }) => type);

describe("profanity", () => {
  it("is found however it is written, and flagged unless the operator says otherwise (row D3)", async () => {
    const disguised = [
      "what the fuck",
      "FUCK",
      "fuuuuck",
      "fu\u200bck",
      "ｆｕｃｋ",
      "𝓯𝓾𝓬𝓴",
      "f.u.c.k",
      "you sh1t",
    ];
    expect(await kinds(profanity(), disguised)).toEqual(disguised.map(() => "flag"));
    expect(await verdict(profanity({ action: "refuse" }), "fuck")).toEqual({
      type: "refuse",
      reason: "profanity",
    });
  });

  it("is not found in what only holds it, nor in what the operator allows", async () => {
    const innocent = [
      "shiitake mushrooms",
      "Dick Van Dyke",
      "Penistone",
      "Scunthorpe",
      "assess the class",
      "cockpit",
    ];
    expect(await kinds(profanity(), innocent)).toEqual(innocent.map(() => "pass"));
    expect(await kinds(profanity({ allow: ["fucking, austria"] }), ["Fucking, Austria", "fucking"])).toEqual([
      "pass",
      "flag",
    ]);
    expect(await kinds(profanity({ words: ["|plonker|"] }), ["you plonker", "plonkers"])).toEqual([
      "flag",
      "pass",
    ]);
  });

  it("is masked where it stands in the text as it was written, and nothing beside it", async () => {
    const text = "ﬁrst 👩‍👩‍👧 fu\u200bck then ｓｈｉｔ @ada";
    const found = await profanity({ action: "mask" })(said(text), by("ada"));
    if (found.type !== "mask") throw new Error(found.type);
    const at = text.indexOf("@ada");
    const mention = { type: "mention", start: at, end: at + 4, value: "ada" } as const;
    const link = { type: "link", start: 0, end: text.length, value: "https://x.example/fuck" } as const;
    expect(withMask({ content: { text, ranges: [link, mention] } }, found.ranges)).toEqual({
      content: { text: "ﬁrst 👩‍👩‍👧 ***** then **** @ada", ranges: [mention] },
    });
  });
});

describe("spam", () => {
  it("is saying the same again and again, not what everybody says often (row D4)", async () => {
    const moderator = spam({ mostRepetitions: 2 });
    const texts = [
      "buy my cheap watches",
      "Buy my cheap  watches!",
      "buy my cheap watches.",
      "ok",
      "ok",
      "ok",
    ];
    expect(await kinds(moderator, texts)).toEqual(["pass", "pass", "flag", "pass", "pass", "pass"]);
    expect(await verdict(moderator, "buy my cheap watches", by("ada", 60_001))).toEqual({ type: "pass" });
    expect(await verdict(moderator, "buy my cheap watches", by("bob"))).toEqual({ type: "pass" });
  });

  it("is a flood, and too many addresses, and from a new account sooner", async () => {
    const moderator = spam({
      mostMessages: 6,
      action: "refuse",
      createdAt: (id) => (id === "new" ? 0 : undefined),
    });
    const flood = async (userId: string): Promise<number> => {
      let count = 0;
      for (let index = 0; index < 10; index += 1)
        if ((await moderator(said(`message ${index} of many`), by(userId, index))).type === "pass")
          count += 1;
      return count;
    };
    expect(await flood("ada")).toBe(6);
    expect(await flood("new")).toBe(2);
    const six = [1, 2, 3, 4, 5, 6].map((n) => `https://x${n}.example`).join(" ");
    expect(await verdict(moderator, six, by("bob"))).toEqual({ type: "refuse", reason: "spam: links" });
    expect(await verdict(moderator, "a.example b.example", by("new", 90_000))).toEqual({
      type: "refuse",
      reason: "spam: links",
    });
    expect(await verdict(moderator, "a.example b.example", by("new", 90_000_000))).toEqual({ type: "pass" });
  });

  it("is not a correction, however often it is made; edits are a flood, and repeat what others say (row D4)", async () => {
    const moderator = spam({ mostRepetitions: 2 });
    const edit = (messageId: string) => ({ ...by("ada"), messageId, isEdit: true });
    const correct = async (messageId: string) => moderator(said("the very same words"), edit(messageId));
    for (let index = 0; index < 20; index += 1) expect(await correct("one")).toEqual({ type: "pass" });
    expect(await correct("two")).toEqual({ type: "pass" });
    expect(await correct("three")).toMatchObject({ reason: "spam: repetition" });
    const few = spam({ mostMessages: 3 });
    const fates: string[] = [];
    for (const text of ["a", "b", "c", "d"]) fates.push((await few(said(text), edit("one"))).type);
    expect(fates).toEqual(["pass", "pass", "pass", "flag"]);
  });

  it("is the same from many in one conversation, whatever is hidden beside it, and not their good wishes (row D4)", async () => {
    const moderator = spam({ mostEchoes: 3, createdAt: (id) => (id === "new" ? 0 : undefined) });
    const fatesOf = async (text: string, ids: readonly string[], conversationId = "a") => {
      const fates: unknown[] = [];
      for (const id of ids) {
        const draft = { ...said(`${text}\n${id}`), custom: { nonce: id } };
        const verdict = await moderator(draft, { ...by(id), conversationId, messageId: `of ${id}` });
        fates.push("reason" in verdict ? verdict.reason : verdict.type);
      }
      return fates;
    };
    const text = "claim your prize at prizes.example";
    const passed = ["pass", "pass", "pass"];
    expect(await fatesOf(text, ["a", "b", "c", "d"])).toEqual([...passed, "spam: echo"]);
    expect(await fatesOf(text, ["e", "f", "g"], "elsewhere")).toEqual(passed);
    expect(await fatesOf(text, ["h", "i", "new"], "third")).toEqual(["pass", "pass", "spam: echo"]);
    expect(await fatesOf("happy birthday!", ["a", "b", "c", "d"])).toEqual([...passed, "pass"]);
  });
});

describe("links", () => {
  it("are told from those they look like (row D5)", async () => {
    const suspicious = {
      "https://аррӏе.com": "look-alike", // all Cyrillic
      "https://pаypal.com/login": "look-alike", // one Cyrillic letter
      "see xn--pple-43d.com now": "look-alike",
      "https://bank.example:secret@evil.example": "credentials",
      "https://bank.example@evil.example": "credentials",
      "http://2130706433/": "numeric",
      "http://[::1]/": "numeric",
      "http://0x7f.1": "numeric",
      "https://bit.ly/abc": "shortener",
      "go to tinyurl.com/abc.": "shortener",
    };
    for (const [text, reason] of Object.entries(suspicious))
      expect([text, await verdict(links(), text)]).toMatchObject([
        text,
        { type: "flag", reason: `link: ${reason}` },
      ]);
  });

  it("that people really have are let through", async () => {
    const fine = [
      "https://example.org/a?b=c#d",
      "https://bücher.example",
      "https://пример.рф",
      "https://例え.jp",
    ];
    const more = [
      "https://한국.kr",
      "mail ada@example.org",
      "1.5 or 2.0",
      "e.g. this",
      "https://t.example.co",
    ];
    expect(await kinds(links(), [...fine, ...more])).toEqual([...fine, ...more].map(() => "pass"));
  });

  it("on the deny list are refused behind however many harmless ones, and by whatever name (row D5)", async () => {
    const moderator = links({ deny: ["evil.example", "evil.xn--p1ai"] });
    const harmless = Array.from({ length: 2_000 }, (_, index) => `a${index}.example`).join(" ");
    const deep = `${"a.".repeat(40)}evil.example`;
    for (const text of [
      `${harmless} evil.example`,
      "see evil.xn--p1ai now",
      "www.evil.xn--p1ai/x",
      "evil.рф",
      deep,
    ])
      expect([text, await verdict(moderator, text)]).toEqual([
        text,
        { type: "refuse", reason: "link: denied" },
      ]);
    expect(await verdict(moderator, harmless)).toEqual({ type: "pass" });
    expect(await verdict(moderator, "a.xn--p1ai and evil.xn--p1aj")).toEqual({ type: "pass" });
  });

  it("on the deny list are refused, with all that lies below them, and nothing that only ends like them", async () => {
    const moderator = links({ deny: ["evil.example", "bücher.example"], shorteners: [] });
    const texts = [
      "https://evil.example/x",
      "www.EVIL.example",
      "https://xn--bcher-kva.example",
      "https://bit.ly/a",
    ];
    expect(await kinds(moderator, [...texts, "https://notevil.example"])).toEqual([
      "refuse",
      "refuse",
      "refuse",
      "pass",
      "pass",
    ]);
    expect(await verdict(links({ action: "refuse" }), "bit.ly/a")).toEqual({
      ...{ type: "refuse", reason: "link: shortener" },
    });
  });

  it("are found beside what the client has marked, in linear time", () => {
    const marked = [{ type: "link", start: 0, end: 4, value: "https://hidden.example/" }] as const;
    expect(addressesIn("here, (see https://a.example/b).", marked)).toEqual([
      "http://hidden.example/",
      "http://a.example/b",
    ]);
    // Some times as long as a message may be: what takes the square of it does not come to an end here.
    const many = 400_000;
    const bait = ["a.", "a", "http://", "a-"].map((part) => part.repeat(many / part.length));
    for (const text of [...bait, `http://${".".repeat(many)}x`])
      expect(addressesIn(text, []).length).toBeLessThanOrEqual(100);
  });
});

describe("a scorer", () => {
  it("flags and refuses from the scores it is told (row D24)", async () => {
    const moderator = scorer({
      ...{ name: "toxicity", flagFrom: 0.5, refuseFrom: 0.9 },
      score: async ({ text }) => Number(text),
    });
    expect(await Promise.all(["0.2", "0.5", "0.95"].map((text) => verdict(moderator, text)))).toEqual([
      { type: "pass" },
      { type: "flag", reason: "toxicity", score: 0.5 },
      { type: "refuse", reason: "toxicity" },
    ]);
  });

  it("that fails, answers nonsense or hangs lets through, flags or refuses, as the operator says", async () => {
    const failures: unknown[] = [];
    const broken: readonly (() => number | Promise<number>)[] = [
      () => Promise.reject(new Error("away")),
      () => NaN,
      () => 7,
      () => new Promise<number>(() => {}),
    ];
    for (const whenItFails of ["pass", "flag", "refuse"] as const) {
      const answers = broken.map((score) =>
        verdict(
          scorer({
            ...{ name: "model", score, timeoutMs: 20, whenItFails },
            onFailure: (error) => failures.push(error),
          }),
          "x",
        ),
      );
      for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ type: whenItFails });
    }
    expect(failures).toHaveLength(12);
  });

  it("[D9] asks a few at once, lets some wait, and never more", async () => {
    let running = 0;
    let most = 0;
    const open: (() => void)[] = [];
    const moderator = scorer({
      ...{ name: "model", atOnce: 2, mostWaiting: 3, timeoutMs: 60_000, whenItFails: "refuse" },
      async score() {
        most = Math.max(most, (running += 1));
        await new Promise<void>((resolve) => open.push(resolve));
        running -= 1;
        return 0;
      },
    });
    const answers = Array.from({ length: 6 }, () => verdict(moderator, "x"));
    expect(await answers[5]).toMatchObject({ type: "refuse" }); // beyond those that may wait
    for (let done = 0; done < 5; done += 1) {
      while (open.length === 0) await new Promise((resolve) => setImmediate(resolve));
      open.shift()?.();
    }
    expect(await Promise.all(answers.slice(0, 5))).toEqual(
      Array.from({ length: 5 }, () => ({ type: "pass" })),
    );
    expect(most).toBe(2);
  });
});
