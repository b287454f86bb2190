import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const options = { bundle: true, format: "esm", target: "es2022", jsx: "automatic" } satisfies BuildOptions;

/** What the page loads. */
export async function bundleClient(): Promise<string> {
  const { outputFiles } = await build({
    ...options,
    entryPoints: [file("client.tsx")],
    ...{ write: false, minify: true, conditions: ["source"] },
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return outputFiles[0]?.text ?? "";
}

/** The site for Node, which knows no JSX. @returns where it is */
export async function bundleSite(): Promise<string> {
  const outfile = file("dist/site.js");
  await build({
    ...options,
    entryPoints: [file("site.ts")],
    outfile,
    platform: "node",
    packages: "external",
  });
  return outfile;
}
