/** Writes `docs/features.md`. */
import { writeFileSync } from "node:fs";
import { featuresPage } from "./features.ts";

writeFileSync("docs/features.md", await featuresPage("."));
console.log("wrote docs/features.md");
