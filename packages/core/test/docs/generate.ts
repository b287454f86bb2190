/** `npm run docs [-- --same-wire]`: writes what is made from the code: parts of `docs/`, the table and the hash of the wire. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { generatedFiles } from "./generated.ts";
import { HASH_FILE, nextVersionHash, readVersionHash } from "./wire-hash.ts";
import { root } from "./root.ts";

const kept = existsSync(new URL(HASH_FILE, root)) ? readVersionHash(root) : undefined;
const hash = nextVersionHash(kept, process.argv.includes("--same-wire"));

const files = new Map(await generatedFiles()).set(HASH_FILE, `${JSON.stringify(hash, null, 2)}\n`);
mkdirSync(new URL("docs/schemas/", root), { recursive: true });
for (const [path, content] of files) {
  const url = new URL(path, root);
  if (existsSync(url) && readFileSync(url, "utf8") === content) continue;
  writeFileSync(url, content);
  console.log(`wrote ${path}`);
}
