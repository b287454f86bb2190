/** Type-checks code blocks against the sources of the workspace, as a reader's own file would be. */
import { join } from "node:path";
import ts from "typescript";
import type { Block } from "./blocks.ts";

const EXTENSIONS: Readonly<Record<string, string>> = { ts: "ts", tsx: "tsx", js: "js", jsx: "jsx" };

export function isCode({ language }: Block): boolean {
  return language in EXTENSIONS;
}

/**
 * @param folders of packages: a block may import whatever one of them may.
 * @returns one line per mistake: `README.md:12 message`.
 */
export function compileBlocks(
  root: string,
  blocks: readonly Block[],
  folders: readonly string[],
): readonly string[] {
  const files = new Map(
    blocks.filter(isCode).map((block, index) => [virtualPath(root, block, index), block]),
  );
  const options = readOptions(root);
  const host = createHost(root, options, files, folders);
  const paths = [...files.keys()];
  const isApart = (path: string): boolean => reaches.test(files.get(path)?.code ?? "");
  const together = paths.filter((path) => !isApart(path));
  let program: ts.Program | undefined;
  return [together, ...paths.filter(isApart).map((path) => [path])].flatMap((names) => {
    const current = (program = ts.createProgram(names, options, host, program));
    return names.flatMap((path) => check(current, path, files.get(path)));
  });
}

/** What a block says to every file of a program; such a block is a program of its own, as a reader's app is one. */
const reaches = /^declare (module|global)\b/m;

function check(program: ts.Program, path: string, block: Block | undefined): readonly string[] {
  const source = program.getSourceFile(path);
  if (source === undefined || block === undefined) {
    throw new Error(`unable to check ${block?.page}; ${path} is not in the program`);
  }
  const found = [
    ...program.getSyntacticDiagnostics(source),
    ...(block.isFragment ? [] : program.getSemanticDiagnostics(source)),
  ];
  return [...new Set(found.map((diagnostic) => describe(block, source, diagnostic)))];
}

function virtualPath(root: string, { page, line, language }: Block, index: number): string {
  const name = page.replaceAll(/\W/g, "-");
  return join(root, ".docs", `${name}-${line}-${index}.${EXTENSIONS[language]}`);
}

function readOptions(root: string): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, "tsconfig.base.json"), (path) => ts.sys.readFile(path));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  // A reader's file: no declarations wanted, an example may show a name it does not go on to use.
  const reader = {
    isolatedDeclarations: false,
    declaration: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  return { ...options, ...reader, allowJs: true, checkJs: true };
}

function createHost(
  root: string,
  options: ts.CompilerOptions,
  files: ReadonlyMap<string, Block>,
  folders: readonly string[],
): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  // Importers to try in turn: each package, then the root, so that a page can show any of them.
  const importers = [...folders, "."].map((folder) => join(root, folder, "package.json"));
  return {
    ...host,
    fileExists: (path) => files.has(path) || host.fileExists(path),
    getSourceFile: (path, language, ...rest) => {
      const block = files.get(path);
      if (block === undefined) return host.getSourceFile(path, language, ...rest);
      // Without an import or export TypeScript would take the blocks for scripts that share one scope.
      return ts.createSourceFile(path, `${block.code}\nexport {};\n`, language, true);
    },
    resolveModuleNameLiterals: (literals, containingFile) =>
      literals.map(({ text }) => {
        const from = files.has(containingFile) ? importers : [containingFile];
        const answers = from.map((importer) => ts.resolveModuleName(text, importer, options, host));
        return answers.find(({ resolvedModule }) => resolvedModule) ?? { resolvedModule: undefined };
      }),
  };
}

function describe(
  { page, line }: Block,
  source: ts.SourceFile,
  { start = 0, messageText }: ts.Diagnostic,
): string {
  const offset = source.getLineAndCharacterOfPosition(start).line;
  return `${page}:${line + 1 + offset} ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
}
