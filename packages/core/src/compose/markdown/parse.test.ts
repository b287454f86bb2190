import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyText } from "../../../test/any-text.ts";
import type { TextRange } from "../../protocol/records.ts";
import { richTextOf } from "./parse.ts";
import type { Block, Inline } from "./tree.ts";

/** A tree in one line: `strong(text)`. */
const shown = (text: string, ranges: readonly TextRange[] = []): string =>
  richTextOf({ text, ranges }).blocks.map(blockOf).join(" ");

function blockOf(block: Block): string {
  switch (block.type) {
    case "paragraph":
      return `p(${inlinesOf(block.children)})`;
    case "quote":
      return `quote(${block.children.map(blockOf).join(" ")})`;
    case "code-block":
      return `pre${block.language ? `[${block.language}]` : ""}(${block.text})`;
    case "list":
      return `${block.isOrdered ? `ol${block.start}` : "ul"}(${block.items.map((item) => `li(${item.map(blockOf).join(" ")})`).join("")})`;
  }
}

function inlinesOf(inlines: readonly Inline[]): string {
  return inlines.map(inlineOf).join("");
}

function inlineOf(inline: Inline): string {
  switch (inline.type) {
    case "text":
      return inline.text;
    case "break":
      return "⏎";
    case "code":
      return `code(${inline.text})`;
    case "mention":
    case "group":
    case "hashtag":
      return `${inline.type}:${inline.value}(${inline.text})`;
    case "link":
      return `a:${inline.href}(${inlinesOf(inline.children)})`;
    case "strong":
    case "emphasis":
    case "strike":
      return `${inline.type}(${inlinesOf(inline.children)})`;
  }
}

describe("markdown", () => {
  it("becomes a tree", () => {
    expect(shown("a **b _c_** ~~d~~ `e<b>`")).toBe("p(a strong(b emphasis(c)) strike(d) code(e<b>))");
    expect(shown("one\ntwo\n\nthree")).toBe("p(one⏎two) p(three)");
    expect(shown("> q\n> r\n\ns")).toBe("quote(p(q⏎r)) p(s)");
    expect(shown("- a\n- b\n  1. c")).toBe("ul(li(p(a))li(p(b) ol1(li(p(c)))))");
    expect(shown("3. c\n4. d")).toBe("ol3(li(p(c))li(p(d)))");
    expect(shown("```ts {x}\nlet a = '**';\n```")).toBe("pre[ts](let a = '**';)");
    expect(shown("[x](https://a.example/y)")).toBe("p(a:https://a.example/y(x))");
    expect(shown("<https://a.example> <ada@a.example>")).toBe("p(a:https://a.example/(https://a.example) a:mailto:ada@a.example(ada@a.example))"); // prettier-ignore
  });

  it("leaves what is none as it was written", () => {
    for (const text of [
      ...[
        "# no heading",
        "no\n===",
        "a * b * c",
        "snake_case_name",
        "2 ** 3",
        "~one~",
        "<b>x</b>",
        "&lt;",
        "***",
      ],
      ...[
        "![x](https://a.example/p.png)",
        "[a]: https://a.example",
        "    indented",
        "\\*",
        "<!-- x -->",
        "[x][y]",
      ],
    ]) {
      const [block, ...others] = richTextOf({ text }).blocks;
      expect([text, others]).toEqual([text, []]);
      const read = block?.type === "paragraph" ? inlinesOf(block.children) : "";
      expect(read.replaceAll("⏎", "\n")).toBe({ "&lt;": "<", "\\*": "*", "    indented": "indented", "![x](https://a.example/p.png)": "!a:https://a.example/p.png(x)" }[text] ?? text); // prettier-ignore
    }
  });

  it("makes no link of what could run, pretends or lies (row D2)", () => {
    for (const url of [
      ...[
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "java&#x0A;script:alert(1)",
      ],
      ...[
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
        "/x",
        "",
      ],
      ...[
        "https://bank.example@evil.example/",
        "https://аpple.com",
        "javascript&colon;alert(1)",
        "\\javascript:x",
      ],
    ])
      expect(shown(`[x](<${url}>)`)).not.toMatch(/a:\S*\(x\)/);
    expect(shown("[https://bank.example/x](https://evil.example/)")).toBe("p(https://bank.example/x)");
    for (const lie of [
      "[**https://bank.example**](https://evil.example/)",
      "[Go to https://bank.example](https://evil.example/)",
      "[https://**bank.exam**ple](https://evil.example/)",
      "[log in at `bank.example` now](https://evil.example/)",
    ])
      expect(shown(lie)).not.toContain("a:https");
    expect(
      shown("https://bank.example", [{ type: "link", start: 0, end: 20, value: "https://evil.example/" }]),
    ).toBe("p(https://bank.example)");
    expect(shown("[bank.example](https://bank.example/in)")).toBe(
      "p(a:https://bank.example/in(bank.example))",
    );
    expect(shown("[a [b](https://b.example)](https://a.example)")).not.toContain("a:https://a.example/(");
  });

  it("keeps what lies beside the text where it belongs", () => {
    const text = "hi **@ada** see `@bo` and a.example #tag, @all";
    const range = (type: TextRange["type"], said: string, value: string): TextRange => {
      const start = text.indexOf(said);
      return { type, start, end: start + said.length, value };
    };
    const ranges = [
      ...[
        range("mention", "@ada", "u1"),
        range("mention", "@bo", "u2"),
        range("link", "a.example", "https://a.example/"),
      ],
      ...[range("hashtag", "#tag", "tag"), range("group", "@all", "here")],
    ];
    expect(shown(text, ranges)).toBe(
      "p(hi strong(mention:u1(@ada)) see code(@bo) and a:https://a.example/(a.example) hashtag:tag(#tag), group:here(@all))",
    );
    expect(shown("a.example", [{ type: "link", start: 0, end: 9, value: "javascript:alert(1)" }])).toBe(
      "p(a.example)",
    );
    expect(shown("ab", [{ type: "mention", start: 1, end: 9, value: "x" }])).toBe("p(ab)");
  });

  it("is the same tree for the same content, and none of a sealed one", () => {
    const content = { text: "**a**" };
    expect(richTextOf(content)).toBe(richTextOf(content));
    expect(richTextOf({ sealed: "x", scheme: "y" })).toEqual({ blocks: [] });
  });

  it("[D9] copes with whatever is deep, long or of many parts", () => {
    for (const unit of [
      ">",
      "> ",
      "- ",
      "1. ",
      "*",
      "_",
      "**a ",
      "*a_ ",
      "[",
      "](",
      "`",
      "~~a ",
      "<",
      "&",
      "a*b_",
      "\\",
      "[a](",
      "![",
      "```\n",
      "* a\n  ",
    ]) {
      const text = unit.repeat(Math.floor(10_000 / unit.length)); // were it quadratic, the runner would give up on it
      expect(depthOf(richTextOf({ text }).blocks)).toBeLessThan(40);
    }
    expect(shown("x".repeat(10_001) + "**a**")).toContain("**a**");
  });

  it("loses no letter or digit of whatever is written, and never throws", () => {
    const part = fc.constantFrom(
      ..."** * _ ~~ ` ``` > - 1. [ ]( ) < > & \\ \n a b1 é 東 👍 \u202e".split(" "),
      "\n",
      " ",
    );
    const text = fc.oneof(
      anyText,
      fc.array(part, { maxLength: 60 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (written) => {
        const letters = (all: string): string => all.replace(/[^\p{L}\p{N}]/gu, "");
        const read = richTextOf({ text: written }).blocks.map(plainOf).join("");
        const isLost = letters(read).length < letters(written.replace(/^ *\d+[.)]/gm, "")).length - 12;
        expect(isLost && { written, read }).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

function depthOf(blocks: readonly Block[]): number {
  return (
    1 +
    Math.max(
      0,
      ...blocks.map((block) =>
        block.type === "quote"
          ? depthOf(block.children)
          : block.type === "list"
            ? Math.max(0, ...block.items.map(depthOf))
            : 0,
      ),
    )
  );
}

function plainOf(block: Block): string {
  if (block.type === "code-block") return `${block.language ?? ""}${block.text}`;
  if (block.type === "list") return block.items.flat().map(plainOf).join("");
  return block.type === "quote" ? block.children.map(plainOf).join("") : block.children.map(textIn).join("");
}

function textIn(inline: Inline): string {
  if (inline.type === "break") return "";
  return "children" in inline ? inline.children.map(textIn).join("") : inline.text;
}
