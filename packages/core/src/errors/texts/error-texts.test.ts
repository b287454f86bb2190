import { describe, expect, it } from "vitest";
import { member, world } from "../../../test/client/world.ts";
import { allErrorCodes, entryOf } from "../codes.ts";
import { type ErrorIssue, MessagingError } from "../messaging-error.ts";
import { ar } from "./words/ar.ts";
import { de } from "./words/de.ts";
import { en } from "./words/en.ts";
import { errorTexts } from "./error-texts.ts";
import { es } from "./words/es.ts";
import { fr } from "./words/fr.ts";
import { loadErrorTexts } from "./load-error-texts.ts";

const translations = { de, fr, es, ar };
const offline = new MessagingError("connection/offline");

async function issues(): Promise<readonly ErrorIssue[]> {
  const [, room] = await member(world(), "ada");
  const link = { type: "link", start: 5, end: 2, value: "https://a.example" } as const;
  const drafts = [{ text: "" }, { text: "x".repeat(10_001) }, { text: "x", ranges: [link] }];
  return drafts.flatMap((draft) => room.check(draft));
}

describe.each(Object.entries(translations))("the words of %s", (tag, words) => {
  const sentences = allErrorCodes().map((code) => [code, words.sentences[code] ?? ""] as const);

  it("have a whole sentence for each code, and none of English", () => {
    const bad = sentences.filter(([code, text]) => !text.endsWith(".") || text === entryOf(code).text);
    expect(bad).toEqual([]);
    expect(words.language).toBe(tag);
  });

  it("say what helps with each kind of error, and what would put a draft right", async () => {
    const remedies = Object.entries(words.remedies);
    expect(remedies.map(([kind]) => kind).sort()).toEqual(Object.keys(en.remedies).sort());
    const suggested = (await issues()).map((issue) => [issue.suggestion, words.suggestionFor(issue)]);
    expect(suggested).toHaveLength(3);
    for (const [english, own = ""] of [...suggested, ...remedies.map(([, text]) => ["", text] as const)]) {
      expect(own).toMatch(/\.$/);
      expect(own).not.toBe(english);
    }
  });
});

it("has Arabic in Arabic letters, to be set from right to left", () => {
  const latin = [...Object.values(ar.sentences), ...Object.values(ar.remedies)].filter((text) =>
    /[a-z]/i.test(text),
  );
  expect(latin).toEqual([]);
  expect(errorTexts(ar).direction).toBe("rtl");
});

describe("a figure in a sentence", () => {
  const tooLong = (actual: number): ErrorIssue => {
    const code = "draft/too-long";
    return { code, part: "text", limit: 10, actual, message: "x", suggestion: "y" };
  };

  it("is told in the form its language wants", () => {
    const said = (words: typeof en): string[] =>
      [11, 12, 14, 25].map((actual) => words.suggestionFor(tooLong(actual)));
    expect(said(fr).slice(0, 2)).toEqual([
      "Raccourcissez-le de 1 caractère.",
      "Raccourcissez-le de 2 caractères.",
    ]);
    expect(said(es)[0]).toBe("Acórtalo en 1 carácter.");
    expect(said(ar)[0]).toContain("حرف واحد");
    expect(said(ar)[1]).toContain("حرفين");
    expect(said(ar)[2]).toContain("أحرف");
    expect(said(ar)[3]).toContain("حرفًا");
  });

  it("says when to try again, where the error knows", () => {
    const limited = (retryAfterMs: number): MessagingError =>
      new MessagingError("rate/limited", { retryAfterMs });
    expect(errorTexts(en).remedyOf(limited(4_200))).toBe("Try again in 5 seconds.");
    expect(errorTexts(de).remedyOf(limited(120_000))).toBe("Versuche es in 2 Minuten noch einmal.");
    expect(errorTexts(ar).remedyOf(limited(5_000))).toContain("ثوان");
    expect(errorTexts(fr).remedyOf(new MessagingError("rate/limited"))).toBe(fr.remedies.limit);
  });
});

describe("loadErrorTexts", () => {
  it("finds the language a browser asks for, the first it has, or English", async () => {
    const found = async (wanted: string | string[]): Promise<string> =>
      (await loadErrorTexts(wanted)).language;
    expect(await found("de-AT")).toBe("de");
    expect(await found(["it-CH", "fr-CH", "de"])).toBe("fr");
    expect(await found("AR-EG")).toBe("ar");
    expect(await found(["tlh", "constructor", ""])).toBe("en");
    expect(await found([])).toBe("en");
  });

  it("takes a language the app brings, and says in English what that leaves out", async () => {
    const it = { sentences: { "connection/offline": "Sei offline." } } as const;
    const texts = await loadErrorTexts("it", { it: async () => it });
    expect(texts.language).toBe("it");
    expect(texts.errorOf(offline)).toBe("Sei offline.");
    expect(texts.errorOf(new MessagingError("draft/empty"))).toBe("There is nothing to send.");
  });

  it("lets the app say a few things otherwise, in a dialect, too", async () => {
    const own = { "de-AT": () => ({ sentences: { "connection/offline": "Ka Netz." } }) };
    const texts = await loadErrorTexts("de-AT", own);
    expect(texts.errorOf(offline)).toBe("Ka Netz.");
    expect(texts.errorOf(new MessagingError("draft/empty"))).toBe(de.sentences["draft/empty"]);
    expect((await loadErrorTexts("de", own)).errorOf(offline)).toBe("Du bist offline.");
  });

  it("goes on to the next language where the words cannot be fetched", async () => {
    const broken = { it: () => Promise.reject(new TypeError("no network")) };
    expect((await loadErrorTexts(["it", "es"], broken)).language).toBe("es");
    expect((await loadErrorTexts("it", broken)).language).toBe("en");
  });
});
