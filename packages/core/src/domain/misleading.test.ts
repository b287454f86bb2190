import { describe, expect, it } from "vitest";
import { isMisleading } from "./misleading.ts";

const evil = "https://evil.example/";
const bank = "https://bank.example/in";

describe("a text above a link", () => {
  it("is a lie if it names another host, wherever it does and however it is written (row D6)", () => {
    for (const text of [
      ...["https://bank.example/login", "bank.example", "HTTPS:\\\\BANK.example", "http:bank.example"],
      ...[
        "Go to https://bank.example.",
        "log in at bank.example now",
        "(www.bank.example)",
        "**bank.example**",
      ],
      ...[
        "..bank.example",
        "ba\u200bnk.example",
        "bank\uff0eexample",
        "ｂａｎｋ.example",
        "bank.example?x=evil.example",
      ],
      ...[
        "https://bank.example@evil.example/",
        "bank.example@evil.example",
        "https://evil.example https://bank.example",
      ],
      ...[
        "https://localhost:80/",
        "https://127.0.0.1",
        "https://evil.example.bank.example",
        "evil.example.bank",
        "https://bank.js",
        "bank.js/in",
        "bank.js@evil.example",
        "a@bank.example",
      ],
    ])
      expect([text, isMisleading(text, evil)]).toEqual([text, true]);
  });

  it("is none that names where it leads, or nothing at all", () => {
    for (const text of [
      ...[
        "https://bank.example/login?to=https://evil.example",
        "bank.example",
        "Bank.Example.",
        "at bank.example:8080/x",
      ],
      ...[
        "<https://bank.example>",
        '"bank.example"',
        "click here",
        "",
        "e.g. this, v1.2.3, 3.14 … and so on",
        "https://",
        "Node.js",
        "the report.pdf of March, and Notes.TXT.",
      ],
    ])
      expect([text, isMisleading(text, bank)]).toEqual([text, false]);
    for (const [text, address] of [
      ["https://münchen.de", "https://xn--mnchen-3ya.de/"],
      ["xn--e1afmkfd.xn--p1ai", "https://пример.рф/"],
      ["https://a.example:81/", "https://a.example.:82/"],
      ["ada.love@a.example", "mailto:ada.love@a.example?subject=hi"],
    ] as const)
      expect([text, isMisleading(text, address)]).toEqual([text, false]);
    expect(isMisleading("ada@bank.example", "mailto:ada@evil.example")).toBe(true);
    expect(isMisleading("write to bank.example", "mailto:bank.example@evil.example")).toBe(true);
  });

  it("[D9] of any length is read once", () => {
    for (const unit of ["a.", ".a", "a.bb@", "https:", "https://a ", "@", "\u200b."])
      expect(isMisleading(`${unit.repeat(100_000)} bank.example`, evil)).toBe(true);
    expect(isMisleading(`https://${"(".repeat(100_000)}bank.example${")".repeat(100_000)}`, evil)).toBe(true);
  });
});
