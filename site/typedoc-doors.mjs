/** A typedoc plugin: modules are called what a reader imports, not the file they happen to be in. */
import { relative } from "node:path";
import process from "node:process";
import { Converter, ReflectionKind } from "typedoc";
import { publishedPackages } from "../scripts/lib/packages.mjs";

/** @param {import("typedoc").Application} app */
export function load(app) {
  const names = new Map(publishedPackages().flatMap(({ imports }) => [...imports]));
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return;
    const file = context.getSymbolFromReflection(reflection)?.declarations?.[0]?.getSourceFile().fileName;
    const name = file === undefined ? undefined : names.get(relative(process.cwd(), file));
    if (name !== undefined) reflection.name = name;
  });
}
