import { defineConfig } from "vitest/config";
import { foundServices } from "./scripts/lib/services.mjs";

const conditions = ["source", "module", "node", "development|production"];

export default defineConfig({
  // Sibling packages are read from their sources, so that no test needs a build.
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      "packages/*/{src,test}/**/*.test.{ts,tsx}",
      "examples/*/**/*.test.ts",
      "scripts/test/**/*.test.ts",
    ],
    env: foundServices(),
  },
});
