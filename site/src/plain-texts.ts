/** The site for programs that read: `llms.txt` lists the pages, `llms-full.txt` has what people wrote in one piece. */
import { asOneText, summaryOf } from "../../scripts/docs/plain-text.ts";
import type { Page } from "./pages.ts";
import { linkOf, type Outline } from "./sections.ts";

const INTRODUCTION = `# Tidings

> An embeddable TypeScript messaging SDK: chat in an app, on any backend, that loses no message, shows none twice, and works
> with the network cable out.`;

/** @returns name and content of each. */
export function plainTexts(pages: readonly Page[], outline: Outline): ReadonlyMap<string, string> {
  const byLink = new Map(pages.map((page) => [linkOf(page), page]));
  const ordered = outline.flatMap(({ entries }) => entries.map(({ link }) => byLink.get(link)));
  const written = ordered.filter((page) => page !== undefined).filter(({ path }) => !path.startsWith("api/"));
  const lists = outline.map(({ title, entries }) => {
    const lines = entries.map(({ text, link }) => {
      const summary = summaryOf(byLink.get(link)?.text ?? "");
      return `- [${text}](${link})${summary && `: ${summary}`}`;
    });
    return `## ${title}\n\n${lines.join("\n")}`;
  });
  const rest = "All that is written, in one piece: [llms-full.txt](/llms-full.txt).";
  return new Map([
    ["llms.txt", `${[INTRODUCTION, rest, ...lists].join("\n\n")}\n`],
    ["llms-full.txt", asOneText(INTRODUCTION, written)],
  ]);
}
