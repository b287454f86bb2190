/** Pages as one text, for who reads without a browser: an editor, a terminal, a language model. */
import { headingsOf } from "./markdown.ts";

/** What a text is made of. */
export interface TextPage {
  /** Where it comes from: `docs/guides/tabs.md`. */
  readonly source: string;
  readonly text: string;
}

/** One text of all pages in their order, each under its source. Links within it are words: they would lead nowhere. */
export function asOneText(title: string, pages: readonly TextPage[]): string {
  const parts = pages.map(
    ({ source, text }) => `<!-- ${source} -->\n\n${withoutLinks(withoutMarks(text)).trim()}`,
  );
  return `${title}\n\n${parts.join("\n\n---\n\n")}\n`;
}

/** The first sentence below a page's title, for a list of pages. */
export function summaryOf(text: string): string {
  const body = headingsOf(text).find(({ level }) => level === 1)?.body ?? "";
  const paragraph = body.split(/\n\s*\n/).find((part) => /^\s*[\p{L}`*[]/u.test(part)) ?? "";
  const plain = withoutLinks(paragraph).replaceAll(/\s+/g, " ").trim();
  return /^.*?[.:](?=\s|$)/.exec(plain)?.[0].replace(/:$/, ".") ?? plain;
}

/** What tells programs which part of a page is theirs. */
function withoutMarks(text: string): string {
  return text
    .replaceAll(/^<!-- \/?generated.*-->\n\n?/gm, "")
    .replaceAll(/^(```\w+) (?:fragment|run)$/gm, "$1");
}

function withoutLinks(text: string): string {
  return text
    .replaceAll(/!\[[^\]]*\]\([^)\s]+\)\n*/g, "")
    .replaceAll(/\[((?:[^[\]]|\[[^\]]*\])*)\]\((?!https?:)[^)\s]+\)/g, "$1");
}
