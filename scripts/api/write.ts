/** Writes the reports of `api/`, where they have changed. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { apiReports } from "./report.ts";

mkdirSync("api", { recursive: true });
for (const [path, content] of await apiReports()) {
  if (existsSync(path) && readFileSync(path, "utf8") === content) continue;
  writeFileSync(path, content);
  console.log(`wrote ${path}`);
}
