/** Where what a door exports is declared. Syntax alone tells: there is no `export *` here, and each export has its type. */
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";

export interface Declared {
  readonly file: string;
  readonly name: string;
}

/** A declaration, or a name that another package exports. */
export type Origin = Declared | { readonly from: string; readonly name: string };

const known = new Map<string, ReadonlyMap<string, Origin>>();

/** Exported name → where it is declared, for a file below the root. */
export function originsOf(file: string): ReadonlyMap<string, Origin> {
  const found = known.get(file) ?? readOrigins(file);
  known.set(file, found);
  return found;
}

function readOrigins(file: string): ReadonlyMap<string, Origin> {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const imported = importsOf(source);
  const origins = new Map<string, Origin>();
  for (const statement of source.statements) {
    if (ts.isExportDeclaration(statement)) {
      const { exportClause, moduleSpecifier } = statement;
      if (exportClause === undefined || !ts.isNamedExports(exportClause)) {
        throw new Error(`unable to list what ${file} exports; "export *" says no names`);
      }
      for (const { name, propertyName } of exportClause.elements) {
        const inner = (propertyName ?? name).text;
        const origin = moduleSpecifier
          ? follow(file, textOf(moduleSpecifier), inner)
          : (imported.get(inner)?.() ?? { file, name: inner });
        origins.set(name.text, origin);
      }
    } else if (isExported(statement)) {
      for (const name of namesOf(statement)) origins.set(name, { file, name });
    }
  }
  return origins;
}

/** The names a statement declares. */
export function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name) ? [name.text] : [],
    );
  }
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return isNamed && statement.name ? [statement.name.text] : [];
}

/** Followed only where a name is exported again. */
function importsOf(source: ts.SourceFile): ReadonlyMap<string, () => Origin> {
  const found = source.statements
    .filter(ts.isImportDeclaration)
    .flatMap(({ importClause, moduleSpecifier }) => {
      const bindings = importClause?.namedBindings;
      if (bindings === undefined || !ts.isNamedImports(bindings)) return [];
      return bindings.elements.map(({ name, propertyName }): [string, () => Origin] => [
        name.text,
        () => follow(source.fileName, textOf(moduleSpecifier), (propertyName ?? name).text),
      ]);
    });
  return new Map(found);
}

function follow(file: string, specifier: string, name: string): Origin {
  if (!specifier.startsWith(".")) return { from: specifier, name };
  const target = posix.join(posix.dirname(file), specifier);
  const origin = originsOf(target).get(name);
  if (origin === undefined) throw new Error(`unable to find ${name}; ${target} does not export it`);
  return origin;
}

function textOf(specifier: ts.Expression): string {
  return ts.isStringLiteral(specifier) ? specifier.text : "";
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}
