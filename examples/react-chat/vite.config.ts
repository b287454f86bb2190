import react from "@vitejs/plugin-react";
import { build, defineConfig, type Plugin, type ResolvedConfig } from "vite";

// Sibling packages are read from their sources; an app that has installed them leaves this out.
const conditions = ["source", "module", "browser", "development|production"];

/** A service worker is one file at the root of the site, with everything in it: not every browser takes modules there. */
function pushWorker(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "push-worker",
    apply: "build",
    configResolved: (resolved) => void (config = resolved),
    async closeBundle() {
      const { outDir, sourcemap, target } = config.build;
      await build({
        ...{ configFile: false, publicDir: false, root: config.root, mode: config.mode, logLevel: "warn" },
        resolve: { conditions },
        build: {
          ...{ outDir, sourcemap, target, emptyOutDir: false },
          lib: {
            entry: "src/push-worker.ts",
            formats: ["iife"],
            name: "pushWorker",
            fileName: () => "push-worker.js",
          },
        },
      });
    },
  };
}

export default defineConfig({
  plugins: [react(), pushWorker()],
  resolve: { conditions },
  build: { target: "es2022", sourcemap: true, outDir: "dist/site", emptyOutDir: true },
  // `npm run demo` in one terminal, `npx vite` in another: changes show at once.
  server: { port: 5173 },
});
