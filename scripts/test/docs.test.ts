import { existsSync, readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readWorkspace } from "../architecture/workspace.ts";
import { type Block, codeBlocks } from "../docs/blocks.ts";
import { checkCommands } from "../docs/commands.ts";
import { compileBlocks, isCode } from "../docs/compile.ts";
import { runBlocks } from "../docs/run.ts";

const root = process.cwd();
const { packages } = readWorkspace(root);
const folders = packages.map(({ folder }) => folder);

describe("code in README files and docs/", () => {
  const pages = [
    "README.md",
    ...folders.map((folder) => `${folder}/README.md`),
    ...(existsSync("docs")
      ? readdirSync("docs", { encoding: "utf8", recursive: true }).map((name) => `docs/${name}`)
      : []),
  ].filter((page) => page.endsWith(".md") && existsSync(page));
  const blocks = pages.flatMap((page) => codeBlocks(page, readFileSync(page, "utf8")));

  it("compiles against the sources", { timeout: 180_000 }, ({ annotate }) => {
    expect(compileBlocks(root, blocks, folders)).toEqual([]);
    const code = blocks.filter(isCode);
    const fragments = code.filter(({ isFragment }) => isFragment);
    return annotate(`${code.length} blocks, ${fragments.length} of them fragments`);
  });

  it("does what it says where it is a whole program", { timeout: 180_000 }, async ({ annotate }) => {
    const programs = blocks.filter(({ isRun }) => isRun);
    expect(await runBlocks(root, programs)).toEqual([]);
    return annotate(`${programs.length} programs`);
  });

  it("names only commands that exist", () => {
    expect(checkCommands(blocks, readCommands())).toEqual([]);
  });
});

describe("the extraction of blocks", () => {
  it("reads language, mark, line and text, also indented and with longer fences", () => {
    const page = [
      "# A",
      "```ts",
      "a",
      "```",
      "- x",
      "  ```js fragment",
      "  b",
      "    c",
      "  ```",
      "````md",
      "```",
      "````",
    ];
    expect(codeBlocks("p.md", page.join("\n"))).toEqual([
      { page: "p.md", line: 2, language: "ts", isFragment: false, isRun: false, code: "a" },
      { page: "p.md", line: 6, language: "js", isFragment: true, isRun: false, code: "b\n  c" },
      { page: "p.md", line: 10, language: "md", isFragment: false, isRun: false, code: "```" },
    ]);
  });

  it("refuses a block that never ends", () => {
    expect(() => codeBlocks("p.md", "```ts\na")).toThrow("p.md:1 opens a code block that never ends");
  });
});

describe("the runner of blocks", () => {
  const program = (code: string): Block => {
    return { page: "p.md", line: 10, language: "ts", isFragment: false, isRun: true, code };
  };

  it("sees what throws, and what prints something else than the page says", { timeout: 60_000 }, async () => {
    const found = await runBlocks(root, [
      program(`import { equal } from "node:assert/strict";\nequal(1, 1);\nconsole.log(1, "a"); // → 1 a`),
      program(`const two: number = 2;\nconsole.log(two); // → 3`),
      program(`console.log("more");`),
      program(`console.log("less".slice(4) || "x"); // → x\nif (Date.now() < 0) console.log(1); // → 1`),
      program(`throw new Error("oh");`),
    ]);
    expect(found).toEqual([
      'p.md:11 prints "2", not "3"',
      'p.md:11 prints "more", not ""',
      'p.md:11 prints "x", not "x\\n1"',
      "p.md:11 Error: oh",
    ]);
  });
});

describe("the compiler of blocks", () => {
  const block = (code: string, language = "ts", isFragment = false): Block => {
    return { page: "p.md", line: 10, language, isFragment, isRun: false, code };
  };

  it(
    "sees a wrong type, an unknown name and an unknown module, with the line on the page",
    { timeout: 60_000 },
    () => {
      const found = compileBlocks(
        root,
        [
          block(`const fine = 1;\nconst wrong: string = fine;`),
          block(`await nothing();`),
          block(`import { x } from "@tidings/core/nowhere";`),
          block(`const fine = "a block of its own";`),
          block(`nothing(1)`, "js"),
          block(`declare global {\n  const nothing: () => void;\n}\nnothing();\nnothing(1);`),
          block(`nothing().more;`, "ts", true),
          block(`const = 1;`, "ts", true),
          block(`not code`, "text"),
        ],
        folders,
      );
      expect(found).toEqual([
        "p.md:12 Type 'number' is not assignable to type 'string'.",
        "p.md:11 Cannot find name 'nothing'.",
        "p.md:11 Cannot find module '@tidings/core/nowhere' or its corresponding type declarations.",
        "p.md:11 Cannot find name 'nothing'.",
        "p.md:11 Variable declaration expected.",
        "p.md:15 Expected 0 arguments, but got 1.",
      ]);
    },
  );

  it("sees a script, a package and a program that do not exist", () => {
    const commands = { scripts: ["demo"], packages: ["@tidings/core"], programs: ["tidings-server"] };
    const code =
      "npm run demo\nnpm run dmeo\nnpm install @tidings/core @tidings/gone\nnpx tidings-server\nnpx tidings-x";
    expect(checkCommands([block(code, "sh"), block("npm run dmeo", "ts")], commands)).toEqual([
      `p.md:12 npm has no script "dmeo"`,
      `p.md:13 there is no package "@tidings/gone"`,
      `p.md:15 there is no program "tidings-x"`,
    ]);
  });
});

function readCommands(): Parameters<typeof checkCommands>[1] {
  const read = (folder: string): { scripts?: object; bin?: object } =>
    JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  return {
    scripts: Object.keys(read(".").scripts ?? {}),
    packages: packages.filter(({ isPrivate }) => !isPrivate).map(({ name }) => name),
    programs: folders.flatMap((folder) => Object.keys(read(folder).bin ?? {})),
  };
}
