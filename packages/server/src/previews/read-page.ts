import { previewBounds } from "@tidings/core/protocol";
import { Parser } from "htmlparser2";

/** What a page says of itself, as plain text. */
export interface PageFacts {
  readonly title: string;
  readonly description?: string;
  readonly siteName?: string;
  /** Address of a picture, perhaps relative to the page. */
  readonly image?: string;
}

/**
 * Tags that are looked at. What a page says of itself stands at its beginning; a hundred thousand tags within each other
 * keep parsers of HTML busy for minutes.
 */
const MOST_TAGS = 1_000;
/** Characters given to the parser at once: so much may come behind what is last looked at. */
const AT_ONCE = 4_096;
/** Of one fact, before it is tidied. */
const LONGEST_RAW = 8_192;

/** Where a page may say it, what counts most first. */
const sources: { readonly [Fact in keyof Required<PageFacts>]: readonly string[] } = {
  title: ["og:title", "twitter:title", "title"],
  description: ["og:description", "twitter:description", "description"],
  siteName: ["og:site_name", "application-name"],
  image: ["og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"],
};
const wanted = new Set(Object.values(sources).flat());

/** @returns undefined if it has no title. */
export function readPage(html: string): PageFacts | undefined {
  const said = metaOf(html);
  const fact = (name: keyof PageFacts): string | undefined =>
    sources[name]
      .map((source) => tidy(said.get(source) ?? "", previewBounds[name]))
      .find((text) => text !== "");
  const title = fact("title");
  if (title === undefined) return undefined;
  const description = fact("description");
  const siteName = fact("siteName");
  const image = sources.image.map((source) => said.get(source)?.trim()).find(Boolean);
  return {
    title,
    ...(description !== undefined && description !== title && { description }),
    ...(siteName !== undefined && { siteName }),
    ...(image !== undefined && { image }),
  };
}

/** The first of each that is wanted. */
function metaOf(html: string): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  let tags = 0;
  let isOver = false;
  let title: string | undefined;
  const parser = new Parser({
    onopentag(name, { property, name: called, content }) {
      tags += 1;
      if (name === "body" || tags > MOST_TAGS) isOver = true;
      if (isOver) return;
      if (name === "title" && !said.has("title")) title = "";
      const key = (property ?? called ?? "").toLowerCase();
      if (name === "meta" && content && wanted.has(key) && !said.has(key))
        said.set(key, content.slice(0, LONGEST_RAW));
    },
    ontext(text) {
      if (title !== undefined && title.length < LONGEST_RAW) title += text;
    },
    onclosetag(name) {
      if (name === "head") isOver = true;
      if (name !== "title" || title === undefined) return;
      if (!said.has("title")) said.set("title", title);
      title = undefined;
    },
  });
  for (let at = 0; at < html.length && !isOver; at += AT_ONCE) parser.write(html.slice(at, at + AT_ONCE));
  return said;
}

/**
 * On one line, no longer than `most`, and without what cannot be seen, turns the direction of what stands around it, or
 * piles up over the lines next to it.
 */
function tidy(text: string, most: number): string {
  const line = text
    .slice(0, LONGEST_RAW)
    .normalize("NFC")
    .replaceAll(/[\p{Cs}\p{Bidi_C}\u00ad\u200b\u2060\ufeff\u{e0000}-\u{e007f}]/gu, "")
    .replaceAll(/(\p{M}{4})\p{M}+/gu, "$1")
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim();
  const points = Array.from(line);
  return points.length <= most
    ? line
    : `${points
        .slice(0, most - 1)
        .join("")
        .trimEnd()}…`;
}
