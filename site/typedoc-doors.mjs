/**
 * A typedoc plugin: modules are called what a reader imports, not the file they happen to be in, and are described by the
 * words their file begins with.
 */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import process from "node:process";
import { Comment, Converter, ReflectionKind } from "typedoc";
import { publishedPackages } from "../scripts/lib/packages.mjs";

/** @param {import("typedoc").Application} app */
export function load(app) {
  const names = new Map(publishedPackages().flatMap(({ imports }) => [...imports]));
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return;
    const file = context.getSymbolFromReflection(reflection)?.declarations?.[0]?.getSourceFile().fileName;
    const name = file === undefined ? undefined : names.get(relative(process.cwd(), file));
    if (file === undefined || name === undefined) return;
    reflection.name = name;
    const [, , words] =
      /^("use client";\s*)?\/\*\*\s*([\s\S]*?)\s*\*\//.exec(readFileSync(file, "utf8")) ?? [];
    const text = words?.replaceAll(/\s*\n\s*\* ?/g, " ").replace(/^`@tidings[^`]*`: /, "");
    if (text === undefined) return;
    const sentence = text.charAt(0).toUpperCase() + text.slice(1);
    reflection.comment = new Comment([{ kind: "text", text: sentence }]);
  });
}
