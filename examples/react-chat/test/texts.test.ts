import { createClient, type ErrorIssue } from "@tidings/core";
import { memoryTransport } from "@tidings/core/memory";
import { describe, expect, it } from "vitest";
import { schema } from "../src/lib/data.ts";
import { de } from "../src/texts/de.ts";
import { en } from "../src/texts/en.ts";

const room = createClient({ transport: memoryTransport(), schema }).conversation("general");
const picture = { src: "https://elsewhere.example/a.png", width: 1, height: 0 };
const link = { type: "link", start: 5, end: 2, value: "https://a.example" } as const;
const everything = [
  { text: "" },
  { text: "x".repeat(10_023) },
  { text: "é".repeat(9_999), custom: { picture: { ...picture, src: `/${"a".repeat(70_000)}` } } },
  { text: "x", ranges: [link] },
  { text: "x", custom: { picture: { ...picture, width: Number.NaN } } },
  { text: "x", custom: { picture } },
].flatMap((draft) => room.check(draft));

describe("what is wrong with a message", () => {
  it("is said in English as the SDK says it", () => {
    expect(everything.map(en.issueOf)).toContain("This message is too long. Shorten it by 23 characters.");
    expect(new Set(everything.map(({ code }) => code)).size).toBe(4);
  });

  it("is said in German with the same figures, and not a word of English", () => {
    expect(everything.map(de.issueOf)).toEqual([
      "Da ist nichts zu senden. Schreibe erst etwas.",
      "Diese Nachricht ist zu lang. Kürze sie um 23 Zeichen.",
      "Diese Nachricht ist zu lang. Teile sie in mehrere auf, oder hänge weniger an.",
      "Diese Nachricht kann so nicht gesendet werden. Setze Links und Erwähnungen noch einmal.",
      "Diese Nachricht kann so nicht gesendet werden. Hänge weniger an.",
      "Was dabei ist, hat nicht die richtige Form. Berichtige custom.picture.src.",
      "Was dabei ist, hat nicht die richtige Form. Berichtige custom.picture.height.",
    ]);
  });

  it("of a step of the app is said in the app's own words", () => {
    const own: ErrorIssue = { code: "rate/limited", message: "x", suggestion: "Not so fast." };
    expect(de.issueOf(own)).toBe("Du schreibst zu schnell. Bitte warte einen Moment.");
  });
});
