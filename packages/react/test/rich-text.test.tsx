// @vitest-environment jsdom
import { type RichText as Tree, richTextOf } from "@tidings/core/markdown";
import type { TextRange } from "@tidings/core/protocol";
import { render } from "@testing-library/react";
import { RichText, type RichTextComponents } from "@tidings/react/markdown";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { refuseWarnings } from "./harness.tsx";

refuseWarnings();

const TEXT = `Hello **@ada** and _everybody_, ~~not~~ \`code <b>\`
see a.example #tide <script>alert(1)</script>

> said

3. three
4. four

- one

\`\`\`ts
let a = "<b>";
\`\`\``;

const rangeOf = (type: TextRange["type"], said: string, value: string): TextRange => {
  const start = TEXT.indexOf(said);
  return { type, start, end: start + said.length, value };
};
const ranges = [
  rangeOf("mention", "@ada", "u1"),
  rangeOf("link", "a.example", "https://a.example/"),
  rangeOf("hashtag", "#tide", "tide"),
];
const tree = richTextOf({ text: TEXT, ranges });

const html = (shown: Tree, components?: Partial<RichTextComponents>): string =>
  render(<RichText tree={shown} components={components} />).container.innerHTML;

describe("RichText", () => {
  it("makes elements of every kind of node, and text of everything that was written (row D2)", () => {
    expect(html(tree)).toBe(
      '<p dir="auto">Hello <strong><b>@ada</b></strong> and <em>everybody</em>, <s>not</s> <code dir="ltr">code &lt;b&gt;</code>' +
        '<br>see <a href="https://a.example/" target="_blank" rel="noopener noreferrer nofollow">a.example</a> <b>#tide</b> ' +
        "&lt;script&gt;alert(1)&lt;/script&gt;</p>" +
        '<blockquote><p dir="auto">said</p></blockquote>' +
        '<ol start="3"><li><p dir="auto">three</p></li><li><p dir="auto">four</p></li></ol>' +
        '<ul><li><p dir="auto">one</p></li></ul>' +
        '<pre dir="ltr"><code>let a = "&lt;b&gt;";</code></pre>',
    );
  });

  it("takes the app's components for some nodes, and says what they stand for", () => {
    const components: Partial<RichTextComponents> = {
      mention: ({ node, children }) => <a href={`#/people/${node.value}`}>{children}</a>,
      hashtag: ({ node }) => <button type="button">{node.value}</button>,
      "code-block": ({ node, children }) => <pre data-language={node.language}>{children}</pre>,
      text: ({ children }) => <i>{children}</i>,
      list: ({ node, children }) => <menu data-start={node.start}>{children}</menu>,
    };
    const shown = html(tree, components);
    expect(shown).toContain('<strong><a href="#/people/u1">@ada</a></strong>');
    expect(shown).toContain('<button type="button">tide</button>');
    expect(shown).toContain('<pre data-language="ts">let a');
    expect(shown).toContain('<menu data-start="3"><li><p dir="auto"><i>three</i></p></li>');
    expect(shown).toContain("<em><i>everybody</i></em>");
  });

  it("leads nowhere it may not, whoever made the tree and whatever shows it", () => {
    const hrefs = ["javascript:alert(1)", "JaVa\nScript:alert(1)", "data:text/html,x", "//evil.example", "https://a@b.example/"]; // prettier-ignore
    const links = hrefs.map(
      (href) => ({ type: "link", href, children: [{ type: "text", text: "x" }] }) as const,
    );
    const foreign: Tree = { blocks: [{ type: "paragraph", children: links }] };
    expect(html(foreign)).toBe('<p dir="auto">xxxxx</p>');
    expect(html(foreign, { link: ({ node }) => <a href={node.href}>own</a> })).toBe(
      '<p dir="auto">xxxxx</p>',
    );
  });

  it("is the same on a server", () => {
    expect(renderToStaticMarkup(<RichText tree={tree} />)).toBe(
      html(tree).replaceAll('"&lt;b&gt;"', "&quot;&lt;b&gt;&quot;").replaceAll("<br>", "<br/>"),
    );
  });
});
