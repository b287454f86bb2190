/** Applies the rules to a workspace. Pure: the same workspace gives the same violations, in the order of its files. */
import { posix } from "node:path";
import { findCycles } from "./cycles.ts";
import { type Import, type Parsed, parse } from "./parse.ts";
import { type Ban, MAX_OWN_LINES, type PackageRule, SHARED_FOLDERS } from "./rules.ts";
import { isTest, type Package, type Workspace } from "./workspace.ts";

export interface Violation {
  readonly rule: "layer" | "cycle" | "door" | "barrel" | "package" | "ban" | "length";
  readonly from: string;
  readonly line: number;
  readonly to: string;
  readonly reason: string;
}

/** One file with everything that decides what it may do. */
interface Context {
  readonly path: string;
  readonly parsed: Parsed;
  readonly owner: Package;
  readonly rule: PackageRule;
  readonly workspace: Workspace;
}

export function checkArchitecture(
  workspace: Workspace,
  rules: Readonly<Record<string, PackageRule>>,
): readonly Violation[] {
  const found: Violation[] = [];
  const edges = new Map<string, { to: string; line: number }[]>();
  for (const owner of workspace.packages) {
    const rule = rules[owner.folder];
    if (rule === undefined) {
      const reason = "no rule says what it may import; add it to scripts/architecture/rules.ts";
      found.push({ rule: "package", from: owner.folder, line: 1, to: "?", reason });
      continue;
    }
    for (const [path, text] of workspace.files) {
      if (!path.startsWith(`${owner.folder}/`)) continue;
      const context: Context = { path, parsed: parse(path, text), owner, rule, workspace };
      found.push(...context.parsed.imports.flatMap((each) => checkImport(context, each)));
      if (isTest(path) || !isShipped(context)) continue;
      found.push(...checkUses(context), ...checkBarrel(context), ...checkLengths(context));
      edges.set(path, edgesOf(context));
    }
  }
  return [...found, ...cycles(edges)];
}

/** `file:line → target  [rule] reason`: what a person needs to find it and to know what to do. */
export function describeViolation({ rule, from, line, to, reason }: Violation): string {
  return `${from}:${line} → ${to}  [${rule}] ${reason}`;
}

function checkImport(context: Context, found: Import): Violation[] {
  const { path } = context;
  const { specifier, line, kind } = found;
  const violation = (rule: Violation["rule"], reason: string, to = specifier): Violation[] => [
    { rule, from: path, line, to, reason },
  ];
  if (kind === "unknown")
    return isTest(path) ? [] : violation("package", "its target is only known at run time");
  if (kind === "star" && !isTest(path)) return violation("barrel", "a door lists its names");
  if (specifier.startsWith(".")) return checkRelative(context, found, violation);
  return checkPackageImport(context, specifier, violation);
}

type Report = (rule: Violation["rule"], reason: string, to?: string) => Violation[];

function checkRelative(context: Context, { specifier }: Import, violation: Report): Violation[] {
  const { path, owner, rule } = context;
  const target = targetOf(path, specifier);
  const isPublished = !isTest(path) && rule.doors !== "any";
  if (!isPublished && SHARED_FOLDERS.some((folder) => target.startsWith(folder))) return [];
  if (!target.startsWith(`${owner.folder}/`))
    return violation("package", "another package is imported by its doors");
  if (isTest(path) || !isShipped(context)) return [];
  if (isTest(target)) return violation("door", "sources do not import tests", target);
  if (isDoor(owner, target))
    return violation("door", "inside its package import the file that defines the name", target);
  if (rule.layers === undefined || isDoor(owner, path)) return [];
  return checkLayers(path, target, owner, rule.layers, violation);
}

function checkLayers(
  path: string,
  target: string,
  owner: Package,
  layers: readonly string[],
  violation: Report,
): Violation[] {
  const [from, to] = [layerOf(path, owner), layerOf(target, owner)];
  const missing = [from, to].find((layer) => !layers.includes(layer));
  if (missing !== undefined) return violation("layer", `"${missing}" is not in the list of layers`, target);
  if (layers.indexOf(to) <= layers.indexOf(from)) return [];
  return violation("layer", `"${to}" comes after "${from}" in the list of layers`, target);
}

function checkPackageImport(context: Context, specifier: string, violation: Report): Violation[] {
  const { path, owner, rule, workspace } = context;
  const ban = isTest(path)
    ? undefined
    : rule.bans.find((each) => names(each, specifier) && !isExempt(context, each));
  if (ban !== undefined) return violation("ban", ban.reason);
  const target = workspace.packages.find(
    ({ name }) => specifier === name || specifier.startsWith(`${name}/`),
  );
  if (target === undefined) return [];
  if (target === owner && !isTest(path)) return violation("door", "a package does not import itself by name");
  if (!target.doors.has(specifier)) return violation("package", `${target.name} has no such door`);
  if (isTest(path) || rule.doors === "any" || rule.doors.includes(specifier)) return [];
  return violation("package", `${owner.name} may not import it`);
}

function checkUses(context: Context): Violation[] {
  const { path, parsed, rule } = context;
  return parsed.uses.flatMap(({ name, line }) => {
    const ban = rule.bans.find((each) => each.name === name && !isExempt(context, each));
    return ban === undefined ? [] : [{ rule: "ban", from: path, line, to: name, reason: ban.reason }];
  });
}

function checkBarrel({ path, parsed, owner }: Context): Violation[] {
  if (!parsed.isBarrel || isDoor(owner, path)) return [];
  return [
    { rule: "barrel", from: path, line: 1, to: path, reason: "only a door may do nothing but re-export" },
  ];
}

function checkLengths({ path, parsed }: Context): Violation[] {
  return parsed.functions
    .filter(({ ownLines }) => ownLines > MAX_OWN_LINES)
    .map(({ line, ownLines }) => {
      const reason = `a function of ${ownLines} lines of its own; ${MAX_OWN_LINES} is the end`;
      return { rule: "length", from: path, line, to: path, reason };
    });
}

function edgesOf({ path, parsed, workspace }: Context): { to: string; line: number }[] {
  return parsed.imports
    .filter(({ specifier, kind }) => specifier.startsWith(".") && kind !== "unknown")
    .map(({ specifier, line }) => ({ to: targetOf(path, specifier), line }))
    .filter(({ to }) => workspace.files.has(to));
}

function cycles(edges: ReadonlyMap<string, readonly { to: string; line: number }[]>): Violation[] {
  return findCycles(new Map([...edges].map(([from, targets]) => [from, targets.map(({ to }) => to)]))).map(
    ([from = "", to = "", ...rest]) => ({
      rule: "cycle",
      from,
      line: edges.get(from)?.find((edge) => edge.to === to)?.line ?? 1,
      to,
      reason: rest.length === 0 ? "imports itself" : `and back: ${[from, to, ...rest].join(" → ")}`,
    }),
  );
}

function targetOf(path: string, specifier: string): string {
  return posix.join(posix.dirname(path), specifier);
}

/** The first folder below `src`; a file directly in `src` that is no door has none, and is reported as such. */
function layerOf(path: string, { folder }: Package): string {
  return path.slice(`${folder}/src/`.length).split("/")[0] ?? "";
}

function isShipped({ path, owner }: Context): boolean {
  return path.startsWith(`${owner.folder}/src/`);
}

function isDoor({ doors }: Package, path: string): boolean {
  return [...doors.values()].includes(path);
}

function isExempt({ path, owner }: Context, { except }: Ban): boolean {
  return except.some((file) => path === `${owner.folder}/src/${file}`);
}

/** `node:` covers its scheme, `linkify*` what begins so, anything else the package and its subpaths. */
function names({ name }: Ban, specifier: string): boolean {
  if (name.endsWith(":")) return specifier.startsWith(name);
  if (name.endsWith("*")) return specifier.startsWith(name.slice(0, -1));
  return specifier === name || specifier.startsWith(`${name}/`);
}
