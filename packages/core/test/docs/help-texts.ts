/** The help pages as data, made from `docs/errors.md`: the page is where they are written. */
import { headingsOf } from "../../../../scripts/docs/markdown.ts";
import { readPage } from "./markdown.ts";

const PARTS = ["Means", "Why", "The SDK", "You", "The person"];

export function helpTextsSource(): string {
  const lines = headingsOf(readPage("docs/errors.md"))
    .filter(({ level }) => level === 3)
    .map(({ text, body }) => `  ${JSON.stringify(text)}: ${JSON.stringify(partsOf(body))},`);
  return `import type { ErrorCode } from "../codes.ts";

/** What each code means, why, what the SDK did, what the developer and what the person can do. Made from \`docs/errors.md\` by \`npm run docs\`. */
export const helpTexts: Readonly<
  Record<ErrorCode, readonly [means: string, why: string, sdk: string, developer: string, person: string]>
> = {
${lines.join("\n")}
};
`;
}

/** Each on one line; links lead nowhere outside the page, so their words are enough. */
function partsOf(body: string): string[] {
  return PARTS.map((part) => {
    const [, text = ""] =
      new RegExp(`^- \\*\\*${part}:\\*\\* ([\\s\\S]*?)(?=\\n- |\\s*$(?![\\s\\S]))`, "m").exec(body) ?? [];
    return text.replaceAll(/\s+/g, " ").replaceAll(/\[([^\]]+)\]\([^)]+\)/g, "$1");
  });
}
