/** Writes the page on performance and its plots, and removes plots of what is not measured any more. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { performanceFiles } from "./page.ts";

mkdirSync("docs/performance", { recursive: true });
const files = await performanceFiles();
for (const [path, content] of files) {
  if (existsSync(path) && readFileSync(path, "utf8") === content) continue;
  writeFileSync(path, content);
  console.log(`wrote ${path}`);
}
for (const name of readdirSync("docs/performance")) {
  const path = `docs/performance/${name}`;
  if (name.endsWith(".svg") && !files.has(path)) rmSync(path);
}
