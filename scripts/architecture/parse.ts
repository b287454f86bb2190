/** Reads from a source text what the rules speak of. Pure: text in, facts out. */
import ts from "typescript";

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** `star` is `export * from`; `unknown` an import whose target is only known at run time. */
  readonly kind: "import" | "export" | "star" | "unknown";
}

interface Use {
  /** `Date`, or `Math.random` for a member of a global. */
  readonly name: string;
  readonly line: number;
}

export interface Parsed {
  readonly imports: readonly Import[];
  /** Identifiers used as values and declared nowhere in the file, with the member read of each where there is one. */
  readonly uses: readonly Use[];
  /** True when the file holds nothing but re-exports: a barrel. */
  readonly isBarrel: boolean;
  readonly functions: readonly { readonly line: number; readonly ownLines: number }[];
}

export function parse(path: string, text: string): Parsed {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, scriptKind(path));
  const imports: Import[] = [];
  const uses: Use[] = [];
  const functions: { line: number; ownLines: number }[] = [];
  const declared = new Set<string>();
  const lineOf = (node: ts.Node): number =>
    source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;

  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found !== undefined) imports.push({ ...found, line: lineOf(node) });
    if (isBinding(node) && ts.isIdentifier(node.name)) declared.add(node.name.text);
    if (ts.isIdentifier(node) && isValueUse(node)) {
      for (const name of namesOf(node)) uses.push({ name, line: lineOf(node) });
    }
    if (isFunction(node)) functions.push({ line: lineOf(node), ownLines: ownLines(node, source) });
    ts.forEachChild(node, visit);
  };
  visit(source);

  const isBarrel = source.statements.length > 0 && source.statements.every(isReExport);
  return { imports, uses: uses.filter(({ name }) => !declared.has(name)), isBarrel, functions };
}

function scriptKind(path: string): ts.ScriptKind {
  if (path.endsWith("x")) return ts.ScriptKind.TSX;
  return path.endsWith("js") ? ts.ScriptKind.JS : ts.ScriptKind.TS;
}

/** Every way to name another module: declarations, re-exports, `import("…")` as value and as type, `require("…")`. */
function importOf(node: ts.Node): Omit<Import, "line"> | undefined {
  if (ts.isImportDeclaration(node)) return named(node.moduleSpecifier, "import");
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    const isStar = node.exportClause === undefined || ts.isNamespaceExport(node.exportClause);
    return named(node.moduleSpecifier, isStar ? "star" : "export");
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return named(node.argument.literal, "import");
  if (ts.isExternalModuleReference(node)) return named(node.expression, "import");
  if (ts.isCallExpression(node) && isImportCall(node)) return named(node.arguments[0], "import");
  return undefined;
}

function isImportCall({ expression }: ts.CallExpression): boolean {
  if (expression.kind === ts.SyntaxKind.ImportKeyword) return true;
  return ts.isIdentifier(expression) && expression.text === "require";
}

function named(node: ts.Node | undefined, kind: Import["kind"]): Omit<Import, "line"> {
  if (node !== undefined && ts.isStringLiteralLike(node)) return { specifier: node.text, kind };
  return { specifier: node?.getText() ?? "", kind: "unknown" };
}

/** False for names that only look like the global: members, keys, types, declarations, labels. */
function isValueUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isPropertyDeclaration(parent)) {
    return parent.initializer === node;
  }
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent) || ts.isQualifiedName(parent))
    return false;
  if (ts.isTypeQueryNode(parent)) return false;
  return !ts.isTypeNode(parent) && !isNameOfMember(parent, node);
}

/** What gives a name a meaning of its own; scopes are not told apart, a file that declares `Date` is odd enough. */
function isBinding(
  node: ts.Node,
): node is ts.VariableDeclaration | ts.ParameterDeclaration | ts.BindingElement {
  return ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node);
}

function isNameOfMember(parent: ts.Node, node: ts.Identifier): boolean {
  const isMember = ts.isTypeElement(parent) || ts.isClassElement(parent) || ts.isFunctionLike(parent);
  return (isMember || ts.isEnumMember(parent)) && parent.name === node;
}

const GLOBAL_OBJECTS = new Set(["globalThis", "window", "self", "global"]);

/** `Math.random` gives `Math` and `Math.random`; `globalThis.crypto` gives `crypto` too. */
function namesOf(node: ts.Identifier): string[] {
  const { parent } = node;
  if (!ts.isPropertyAccessExpression(parent)) return [node.text];
  const member = parent.name.text;
  return [node.text, `${node.text}.${member}`, ...(GLOBAL_OBJECTS.has(node.text) ? [member] : [])];
}

function isReExport(statement: ts.Statement): boolean {
  return ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined;
}

function isFunction(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return ts.isFunctionLike(node) && "body" in node && node.body !== undefined;
}

/** A factory whose closures are the module is as long as its own code, not as long as the module. */
function ownLines(root: ts.Node, source: ts.SourceFile): number {
  let inner = 0;
  const visit = (node: ts.Node): void => {
    if (isFunction(node)) inner += lineCount(node, source) - 1;
    else ts.forEachChild(node, visit);
  };
  ts.forEachChild(root, visit);
  return lineCount(root, source) - inner;
}

function lineCount(node: ts.Node, source: ts.SourceFile): number {
  const line = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
  return line(node.getEnd()) - line(node.getStart(source)) + 1;
}
