/** @type {import("next").NextConfig} */
export default {
  serverExternalPackages: ["ws"], // its optional native parts are found by Node, not by a bundler
  turbopack: { root: import.meta.dirname }, // where it stands there may be another lockfile above it
};
