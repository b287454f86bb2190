import { defineConfig } from "vitest/config";

const conditions = ["source", "module", "node", "development|production"];

/** Of what `npm run check -- next` has built: not among the tests that need no Next. */
export default defineConfig({
  root: import.meta.dirname,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { include: ["test/*.smoke.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});
