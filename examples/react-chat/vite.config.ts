import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // Sibling packages are read from their sources; an app that has installed them leaves this out.
  resolve: { conditions: ["source", "module", "browser", "development|production"] },
  build: { target: "es2022", sourcemap: true, outDir: "dist/site", emptyOutDir: true },
  // `npm run demo` in one terminal, `npx vite` in another: changes show at once.
  server: { port: 5173 },
});
