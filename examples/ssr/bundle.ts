import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";

/** A file of this example. */
export const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

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

/** The site for Node, which knows no JSX. */
export async function bundleMain(outfile: string): Promise<void> {
  await build({
    ...options,
    entryPoints: [file("main.ts")],
    outfile,
    platform: "node",
    packages: "external",
  });
}
