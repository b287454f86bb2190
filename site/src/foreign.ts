/** What a page would fetch from elsewhere: fonts, scripts, pictures. The site stands by itself, also without a network. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const FETCHES = [
  /<(?:script|link|img|iframe|source|video)\b[^>]*?\b(?:src|href|srcset)="((?:https?:)?\/\/[^"]+)"/g,
  /(?:@import\s+|url\()\s*["']?((?:https?:)?\/\/[^"')\s]+)/g,
];

/** @returns one line for each file below the folder that fetches from another host: `index.html: https://…`. */
export function foreignFetches(folder: string): readonly string[] {
  const names = readdirSync(folder, { encoding: "utf8", recursive: true });
  return names
    .filter((name) => /\.(html|css|svg)$/.test(name))
    .flatMap((name) =>
      fetchesIn(readFileSync(join(folder, name), "utf8")).map((found) => `${name}: ${found}`),
    );
}

/** Links that a reader follows are no fetches. */
export function fetchesIn(text: string): readonly string[] {
  return FETCHES.flatMap((pattern) => [...text.matchAll(pattern)].map(([, address = ""]) => address));
}
