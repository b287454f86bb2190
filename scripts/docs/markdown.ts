/** Headings and links of Markdown pages, as code hosts understand them. */
export interface Heading {
  readonly level: number;
  readonly text: string;
  readonly slug: string;
  /** What stands between this heading and the next of any level. */
  readonly body: string;
}

const FENCED = /^( *)```[\s\S]*?^\1```$/gm;

/** Headings outside code blocks, with the anchors GitHub gives them. */
export function headingsOf(page: string): Heading[] {
  const withoutCode = page.replaceAll(FENCED, (block) => block.replaceAll(/^#/gm, " "));
  const matches = [...withoutCode.matchAll(/^(#{1,6}) (.+)$/gm)];
  const seen = new Map<string, number>();
  return matches.map(({ index, 0: line, 1: marks = "", 2: text = "" }, position) => {
    const plain = slugOf(text);
    const count = seen.get(plain) ?? 0;
    seen.set(plain, count + 1);
    const body = withoutCode.slice(index + line.length, matches[position + 1]?.index);
    return { level: marks.length, text, slug: count === 0 ? plain : `${plain}-${count}`, body };
  });
}

/** As GitHub does: lower case, no punctuation but dashes and underscores, dashes for spaces. */
export function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}

/** Targets of links in a page: `architecture.md#the-laws`, `#words`, `schemas`; not those to other sites. */
export function linksOf(page: string): string[] {
  const withoutCode = page.replaceAll(FENCED, "").replaceAll(/`[^`\n]*`/g, "");
  return [...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}
