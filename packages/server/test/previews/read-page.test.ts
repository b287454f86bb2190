import { describe, expect, it } from "vitest";
import { decodePage } from "../../src/previews/decode-page.ts";
import { readPage } from "../../src/previews/read-page.ts";

const meta = (property: string, content: string): string =>
  `<meta property="${property}" content="${content}">`;

describe("what a page says of itself", () => {
  it("is taken from where it says it best, as text", () => {
    const page = `<!doctype html><html><head><title>Old &amp; tired</title>
      ${meta("og:title", "Tom &amp; &lt;b&gt;Jerry&lt;/b&gt;")}${meta("og:title", "second")}
      ${meta("og:description", "  a\n\tchase &#8212; again ")}<meta name="description" content="other">
      ${meta("og:site_name", "Toons")}${meta("og:image", "/a.png?x=1&amp;y=2")}</head>`;
    expect(readPage(page)).toEqual({
      ...{ title: "Tom & <b>Jerry</b>", description: "a chase — again" },
      ...{ siteName: "Toons", image: "/a.png?x=1&y=2" },
    });
  });

  it("may be no more than its title, and a page without one says nothing", () => {
    expect(readPage("<TITLE>\n Hello  there </TITLE>")).toEqual({ title: "Hello there" });
    expect(readPage(`<meta name='twitter:title' content=hi>`)).toEqual({ title: "hi" });
    for (const nothing of [
      "",
      "hello",
      "<title> </title>",
      meta("og:image", "/a.png"),
      "<title",
      "<!--<title>a</title>",
    ])
      expect(readPage(nothing)).toBeUndefined();
  });

  it("stands in its head: what people wrote below it does not count", () => {
    const below = `<title>mine</title>${meta("og:title", "forged")}`;
    expect(readPage(`<head></head><p>${below}`)).toBeUndefined();
    expect(readPage(`<body>${below}`)).toBeUndefined();
    expect(readPage(`<script>"${below}"</script><style>${below}</style>`)).toBeUndefined();
  });

  it("is bounded, and has nothing in it that hides or turns what stands around it", () => {
    const hidden =
      "a\u202Egpj.exe\u2066\u200B\u00AD\uFEFF\u{E0041}\u0000\u0007be\u0308" + "\u0301".repeat(90);
    expect(readPage(`<title>${hidden}</title>`)).toEqual({ title: "agpj.exe bë\u0301\u0301\u0301\u0301" });
    const facts = readPage(`<title>${"😀".repeat(400)}</title>${meta("og:description", "d".repeat(5_000))}`);
    expect(Array.from(facts?.title ?? "")).toHaveLength(300);
    expect(facts?.title.endsWith("😀…")).toBe(true);
    expect(facts?.description).toHaveLength(1_000);
  });

  // Parsers that keep a tree take minutes for some of these.
  const bombs: readonly string[] = [
    "<div>".repeat(100_000),
    `${"<div>".repeat(50_000)}${"</p>".repeat(60_000)}`,
    "<a><b><i><u><p>".repeat(30_000),
    "<table><td>".repeat(45_000),
    "<svg>".repeat(100_000),
    `<meta ${"a=b ".repeat(30_000)}>`,
    "<a ".repeat(40_000),
    `<title>${"&amp;".repeat(20_000)}`,
    `<title>${"&".repeat(100_000)}`,
    `<!--${"-".repeat(100_000)}`,
    `<script>${"<!--".repeat(120_000)}`,
    `<meta property="og:title" content="${"a\u0301".repeat(125_000)}`,
  ];
  const named = bombs.map((bomb) => [bomb.slice(0, 24), bomb] as const);
  it.each(named)("[D9] is read of %j… without end too", (_name, bomb) => {
    expect(() => readPage(bomb)).not.toThrow();
    expect(readPage(`<title>hi</title>${bomb}`)).toEqual({ title: "hi" });
  });
});

describe("a page's encoding", () => {
  const latin = Buffer.from("<title>Gr\xfc\xdfe</title>", "latin1");

  it("is what its answer says, or its first bytes, or the page", () => {
    expect(decodePage(Buffer.from("<title>Grüße"), undefined)).toBe("<title>Grüße");
    expect(decodePage(latin, "iso-8859-1")).toBe("<title>Grüße</title>");
    const said = Buffer.concat([
      Buffer.from('<meta http-equiv=x content="text/html; charset=windows-1252">'),
      latin,
    ]);
    expect(decodePage(said, undefined)).toContain("Grüße");
    expect(
      decodePage(Buffer.concat([Buffer.from('<meta charset="utf-16">'), Buffer.from("ü")]), undefined),
    ).toContain("ü");
    expect(decodePage(Buffer.from("\ufeffü", "utf16le"), "utf-8")).toBe("ü");
    expect(decodePage(Buffer.from([0x83, 0x65, 0x83, 0x58, 0x83, 0x67]), "shift_jis")).toBe("テスト");
  });

  it("may be wrong, or none", () => {
    expect(decodePage(latin, "utf-8")).toBe("<title>Gr\ufffd\ufffde</title>");
    for (const label of ["utf-7", "klingon", "", "__proto__"])
      expect(decodePage(Buffer.from("hällo"), label)).toBe("hällo");
  });
});
