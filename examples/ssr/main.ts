/** The site as a program; `start.ts` builds and starts it. */
import { readFile } from "node:fs/promises";
import process from "node:process";
import { startSite } from "./site.ts";

process.on("disconnect", () => process.exit(0)); // whoever started us is gone
const script = await readFile(new URL("client.js", import.meta.url), "utf8");
const site = await startSite(script, Number(process.env["PORT"] ?? 8080));
console.log(`${site.url}/?user=ada and ${site.url}/?user=ben; Ctrl-C ends it`);
