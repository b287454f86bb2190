import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Plugin, preview } from "vite";

/** The app's page on a server of its own, as any host of files serves it. */
export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

const root = fileURLToPath(new URL("..", import.meta.url));

/** The app as it is after the one change README.md tells. */
export async function serveAppSyncSite(endpoint: string): Promise<Site> {
  process.env["VITE_APPSYNC_ENDPOINT"] = endpoint;
  const site = { root, logLevel: "warn", build: { outDir: "dist/appsync" } } as const;
  await build({ ...site, mode: "development", plugins: [oneLine()] });
  const server = await preview({ ...site, preview: { host: "127.0.0.1", port: 0 } });
  return { url: server.resolvedUrls?.local[0] ?? "", close: () => server.close() };
}

/** Takes the line away that README.md takes away, and puts the one there that it puts there. */
function oneLine(): Plugin {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, before = "", after = ""] = /^-(import .*)\n\+(import .*)$/m.exec(readme) ?? [];
  return {
    name: "one-line",
    enforce: "pre",
    transform(code, id) {
      if (id !== `${root}src/session.ts`) return undefined;
      if (!before || !code.includes(before)) throw new Error("README.md changes a line that is not there");
      return { code: code.replace(before, after), map: null };
    },
  };
}
