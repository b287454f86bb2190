/** Which laws the tests name: a title that checks a law begins with its id, `[D2] …`, or several, `[D2, D3] …`. */
import ts from "typescript";

export interface NamedLaw {
  readonly law: string;
  readonly path: string;
  readonly line: number;
}

/** `law` makes a test of a conformance kit. */
const TESTERS = new Set(["it", "test", "describe", "law"]);

export function lawsIn(path: string, text: string): readonly NamedLaw[] {
  return testsIn(path, text).flatMap(({ title, line }) => idsIn(title).map((law) => ({ law, path, line })));
}

/** What the tests of a file are called. */
export function titlesIn(path: string, text: string): readonly string[] {
  return testsIn(path, text).map(({ title }) => title);
}

interface Titled {
  readonly title: string;
  readonly line: number;
}

function testsIn(path: string, text: string): readonly Titled[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: Titled[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && TESTERS.has(testerOf(node.expression))) {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      found.push({ title: titleOf(node), line });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `it` of `it(…)`, `it.each(table)(…)`, `it.skip(…)`; a kit may be handed its runner: `runner.it(…)`. */
function testerOf(expression: ts.Expression): string {
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isCallExpression(expression)) return testerOf(expression.expression);
  if (!ts.isPropertyAccessExpression(expression)) return "";
  return TESTERS.has(expression.name.text) ? expression.name.text : testerOf(expression.expression);
}

function titleOf({ arguments: [title] }: ts.CallExpression): string {
  if (title === undefined) return "";
  if (ts.isTemplateExpression(title)) return title.head.text;
  return ts.isStringLiteralLike(title) ? title.text : "";
}

function idsIn(title: string): string[] {
  const [, ids = ""] = /^\[([A-Z]\d[^\]]*)\]/.exec(title) ?? [];
  return ids === "" ? [] : ids.split(/[,\s]+/);
}

/** A law as its page states it: `- **T3** …`, or `- **D3 total order.** …`. */
const STATED = /^- \*\*([A-Z]\d+)\b/gm;

/** The ids of the laws on a page, in its order. */
export function lawsOn(page: string): readonly string[] {
  return [...page.matchAll(STATED)].map(([, id = ""]) => id);
}
