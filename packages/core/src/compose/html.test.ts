import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";
import { defaultPolicy } from "../protocol/policy.ts";
import { virtualClock } from "../testing/virtual-clock.ts";
import { createSanitizer, htmlSanitizer } from "./html.ts";
import { type Composed, composePipeline, type Draft } from "./pipeline.ts";
import { defaultSteps, placeStep } from "./steps.ts";

const { window } = new JSDOM("");
const sanitize = createSanitizer(window);

/** Of the OWASP and PortSwigger cheat sheets, and of mutation XSS as published against sanitisers. */
const attacks = [
  `<script>alert(1)</script>`,
  `<img src=x onerror=alert(1)>`,
  `<svg onload=alert(1)>`,
  `<svg><script>alert(1)</script></svg>`,
  `<svg><animate onbegin=alert(1) attributeName=x dur=1s>`,
  `<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
  `<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
  `<iframe src="javascript:alert(1)"></iframe>`,
  `<iframe srcdoc="<script>alert(1)</script>"></iframe>`,
  `<object data="javascript:alert(1)"></object>`,
  `<embed src="javascript:alert(1)">`,
  `<a href="javascript:alert(1)">x</a>`,
  `<a href="JaVaScRiPt:alert(1)">x</a>`,
  `<a href=" javascript:alert(1)">x</a>`,
  `<a href="java\tscript:alert(1)">x</a>`,
  `<a href="java&#x0A;script:alert(1)">x</a>`,
  `<a href="&#106;avascript:alert(1)">x</a>`,
  `<a href="vbscript:msgbox(1)">x</a>`,
  `<a href="data:text/html,<script>alert(1)</script>">x</a>`,
  `<a href="//evil.example">x</a>`,
  `<b onmouseover=alert(1)>x</b>`,
  `<p style="background:url(javascript:alert(1))">x</p>`,
  `<style>@import "javascript:alert(1)";</style>`,
  `<link rel=stylesheet href="javascript:alert(1)">`,
  `<meta http-equiv="refresh" content="0;url=javascript:alert(1)">`,
  `<base href="javascript:alert(1)//">`,
  `<body onload=alert(1)>`,
  `<input autofocus onfocus=alert(1)>`,
  `<details open ontoggle=alert(1)>x</details>`,
  `<video><source onerror=alert(1)></video>`,
  `<audio src=x onerror=alert(1)>`,
  `<marquee onstart=alert(1)>x</marquee>`,
  `<template><script>alert(1)</script></template>`,
  `<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>`,
  `<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>`,
  `<xmp><img title="</xmp><img src=x onerror=alert(1)>"></xmp>`,
  `<form action="javascript:alert(1)"><button>x</button></form>`,
  `<button formaction="javascript:alert(1)">x</button>`,
  `<div id="document" name="cookie">x</div>`,
  `<a id=x name=y href="https://a.example">x</a>`,
  `<x-widget onclick=alert(1)>x</x-widget>`,
  `<b><!-- --!><img src=x onerror=alert(1)> --></b>`,
  `<![CDATA[<img src=x onerror=alert(1)>]]>`,
  `<select><template><style></template><img src=x onerror=alert(1)></select>`,
];

describe("the sanitiser", () => {
  it.each(attacks)("disarms %s", (attack) => {
    const { document } = new JSDOM(`<body>${sanitize(attack)}</body>`).window;
    const elements = [...document.body.querySelectorAll("*")];
    const names = elements.flatMap((element) => [...element.attributes].map(({ name }) => name));
    const tags = elements.map(({ localName }) => localName);
    expect(names.filter((name) => !["href", "rel", "title", "dir", "lang"].includes(name))).toEqual([]);
    expect(tags.filter((tag) => !["a", "b", "p"].includes(tag))).toEqual([]);
    for (const element of elements) expect(element.getAttribute("href") ?? "https:").toMatch(/^https:/);
    expect(sanitize(sanitize(attack))).toBe(sanitize(attack));
  });

  it("keeps plain formatting and links, and makes links harmless to the page (row D2)", () => {
    const html = `<p>a <b>b</b> <em dir="rtl">c</em><br></p><pre><code>d</code></pre><ul><li>e</li></ul>`;
    expect(sanitize(html)).toBe(html);
    expect(sanitize(`<a href="https://a.example/?q=1&amp;r=2" target="_blank" class="x">x</a>`)).toBe(
      `<a href="https://a.example/?q=1&amp;r=2" rel="noopener noreferrer nofollow ugc">x</a>`,
    );
    expect(sanitize("1 < 2 & 3")).toBe("1 &lt; 2 &amp; 3");
  });

  it("refuses a window in which DOMPurify would return its input as it is", () => {
    const { document } = new JSDOM("").window;
    for (const broken of [{}, { document }, Object.assign(Object.create(window), { happyDOM: {} })]) {
      expect(() => createSanitizer(broken)).toThrow("unable to sanitise HTML");
    }
  });

  it("is its own: another in the same window knows nothing of its hooks", () => {
    const other = new JSDOM("").window;
    expect([createSanitizer(other)("<i>x</i>"), createSanitizer(other)("<i>x</i>")]).toEqual([
      "<i>x</i>",
      "<i>x</i>",
    ]);
  });
});

describe("the step for HTML", () => {
  const pipeline = composePipeline(placeStep(defaultSteps(), "before", "validate", htmlSanitizer(sanitize)));
  const run = (draft: Draft): Composed | Promise<Composed> =>
    pipeline.run(draft, { conversationId: "a", limits: defaultPolicy.limits, clock: virtualClock() });

  it("sends what is left", () => {
    expect(run({ text: "<b>hi</b><script>alert(1)</script>" })).toEqual({
      ok: true,
      draft: { text: "<b>hi</b>" },
    });
  });

  it("refuses when nothing is left that a person could see", () => {
    for (const text of ["<script>alert(1)</script>", "<b> </b>", "<p>&nbsp;<br></p>", "<img src=x>"]) {
      expect(run({ text })).toMatchObject({ ok: false, code: "draft/empty" });
      expect(run({ text, kind: "image" })).toMatchObject({ ok: true, draft: { kind: "image" } });
    }
  });

  it("drops ranges that no longer fit, and keeps them where nothing changed", () => {
    const ranges = [{ type: "mention", start: 0, end: 2, value: "hi" }] as const;
    expect(run({ text: "<img>hi", ranges, replyTo: "m" })).toEqual({
      ok: true,
      draft: { text: "hi", replyTo: "m" },
    });
    expect(run({ text: "hi", ranges })).toEqual({ ok: true, draft: { text: "hi", ranges } });
  });

  it("counts length after escaping", () => {
    expect(run({ text: `<b>x</b>${"<".repeat(3_000)}` })).toMatchObject({
      ok: false,
      code: "draft/too-long",
    });
  });
});
