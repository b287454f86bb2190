/** Code blocks of a Markdown page, with where they stand. */
export interface Block {
  readonly page: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** The word after the fence: `ts`, `sh`; empty for none. */
  readonly language: string;
  /** The writer says it is an excerpt (` ```ts fragment `): it must parse, it need not stand alone. */
  readonly isFragment: boolean;
  /** It is a whole program (` ```ts run `), which says behind `// →` what each `console.log` prints. */
  readonly isRun: boolean;
  readonly code: string;
}

/** Understands fences of three or more backticks, also indented in a list. A fence that is never closed is an error. */
export function codeBlocks(page: string, markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { line: number; fence: string; indent: number; info: string[]; code: string[] } | undefined;
  for (const [index, text] of markdown.split(/\r?\n/).entries()) {
    const fence = /^(\s*)(`{3,})(.*)$/.exec(text);
    const [, indent = "", ticks = "", info = ""] = fence ?? [];
    if (open === undefined) {
      if (fence === null || info.includes("`")) continue;
      open = {
        line: index + 1,
        fence: ticks,
        indent: indent.length,
        info: info.trim().split(/\s+/),
        code: [],
      };
    } else if (fence !== null && ticks.length >= open.fence.length && info.trim() === "") {
      const [language = "", ...marks] = open.info;
      const code = open.code.map((line) => line.slice(open?.indent)).join("\n");
      blocks.push({
        page,
        line: open.line,
        language,
        isFragment: marks.includes("fragment"),
        isRun: marks.includes("run"),
        code,
      });
      open = undefined;
    } else open.code.push(text);
  }
  if (open !== undefined) throw new Error(`${page}:${open.line} opens a code block that never ends`);
  return blocks;
}
