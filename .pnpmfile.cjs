/**
 * The `source` condition lets this workspace read siblings without a build. It is taken out of what is published:
 * another workspace that uses a condition of the same name would resolve to files that are not in the package.
 */
module.exports = {
  hooks: {
    beforePacking(manifest) {
      const exports = Object.entries(manifest.exports ?? {}).map(
        ([subpath, { source: _source, ...door }]) => [subpath, door],
      );
      return { ...manifest, exports: Object.fromEntries(exports) };
    },
  },
};
