import { createReadStream } from "node:fs";
import { readFile, realpath, stat } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import type { RouteModule } from "./http.ts";
import { scriptSource } from "./inline-scripts.ts";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/**
 * Serves the files under `dir`, of known types only, for a page that belongs to this server. The scripts a page holds itself
 * may run, and no others.
 */
export function folderRoutes(dir: string): RouteModule {
  return (http) => {
    http.get("/*", async (request, reply) => {
      const file = await locate(dir, new URL(request.url, "http://localhost").pathname);
      if (!file) return reply.callNotFound();
      reply.type(file.type).header("cache-control", "no-cache");
      if (extname(file.path) !== ".html") return reply.send(createReadStream(file.path));
      const html = await readFile(file.path, "utf8");
      const policy = String(reply.getHeader("content-security-policy"));
      return reply.header("content-security-policy", `${policy};${scriptSource(html)}`).send(html);
    });
  };
}

interface Located {
  readonly path: string;
  readonly type: string;
}

/** Undefined for whatever is not a plain file inside `dir`, followed through links; hidden files are not served. */
async function locate(dir: string, pathname: string): Promise<Located | undefined> {
  try {
    const wanted = decodeURIComponent(pathname);
    if (wanted.includes("\0") || /(^|[/\\])\./u.test(wanted)) return undefined;
    const root = await realpath(dir);
    const path = await realpath(join(root, wanted.endsWith("/") ? `${wanted}index.html` : wanted));
    const type = types[extname(path)];
    if (!path.startsWith(root + sep) || type === undefined || !(await stat(path)).isFile()) return undefined;
    return { path, type };
  } catch {
    return undefined;
  }
}
