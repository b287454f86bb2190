/**
 * What each package promises those who import it, as text: a change of it is seen in a review, and is a change people
 * have to be told of. Made from the sources by TypeScript's own writer of declarations, without a build.
 */
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { format, resolveConfig } from "prettier";
import ts from "typescript";
import { publishedPackages } from "../lib/packages.mjs";
import { type Declared, namesOf, originsOf } from "./origin.ts";

/** Where a declaration was first met, and what it is called there. */
interface Shown {
  readonly door: string;
  readonly name: string;
}

/** @returns path below the root, and content, for each package. */
export async function apiReports(): Promise<ReadonlyMap<string, string>> {
  const config = (await resolveConfig("README.md")) ?? {};
  const seen = new Map<string, Shown>();
  const reports = publishedPackages().map(async ({ folder, name, imports }): Promise<[string, string]> => {
    const doors = [...imports].map(([file, door]) => reportOf(file, door, seen));
    const page = `# The API of ${name}\n\nMade by \`npm run docs\`; a test compares it with the sources.\n\n${doors.join("\n\n")}\n`;
    return [`api/${posix.basename(folder)}.api.md`, await format(page, { ...config, parser: "markdown" })];
  });
  return new Map(await Promise.all(reports));
}

/** @param seen - what a door before has shown, by where it is declared: a door that has it too only names it. */
function reportOf(file: string, door: string, seen: Map<string, Shown>): string {
  const code: string[] = [];
  const others: string[] = [];
  for (const [name, origin] of [...originsOf(file)].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if ("from" in origin) {
      others.push(`- \`${name}\`: \`${origin.name}\` of \`${origin.from}\``);
      continue;
    }
    const place = `${origin.file} ${origin.name}`;
    const before = seen.get(place);
    if (before) others.push(`- \`${name}\`: \`${before.name}\` of \`${before.door}\``);
    else
      code.push(
        declarationOf(origin),
        ...(name === origin.name ? [] : [`export { ${origin.name} as ${name} };`]),
      );
    if (!before) seen.set(place, { door, name });
  }
  const shown = code.length > 0 ? `\`\`\`ts fragment\n${code.join("\n")}\n\`\`\`` : "";
  return [`## ${door}`, shown, others.join("\n")].filter((part) => part !== "").join("\n\n");
}

const printer = ts.createPrinter({ removeComments: true });
const declared = new Map<string, ts.SourceFile>();

function declarationOf({ file, name }: Declared): string {
  const source = declared.get(file) ?? declare(file);
  declared.set(file, source);
  const statements = source.statements.filter((statement) => namesOf(statement).includes(name));
  if (statements.length === 0) throw new Error(`unable to show ${name}; ${file} does not declare it`);
  return statements
    .map((statement) => printer.printNode(ts.EmitHint.Unspecified, statement, source))
    .join("\n");
}

function declare(file: string): ts.SourceFile {
  const { outputText } = ts.transpileDeclaration(readFileSync(file, "utf8"), {
    fileName: file,
    compilerOptions: { isolatedDeclarations: true, declaration: true, target: ts.ScriptTarget.ES2022 },
  });
  return ts.createSourceFile(`${file}.d.ts`, outputText, ts.ScriptTarget.Latest);
}
