/** Plugins and what they plug into ask for one another exactly. */
const EXACT = ["linkifyjs", "linkify-plugin-hashtag", "linkify-plugin-mention"];

/** Where a release is made, it says where from: provenance is checked against it. @param {string} name */
function origin(name) {
  const { GITHUB_SERVER_URL: host, GITHUB_REPOSITORY: repository } = process.env;
  if (!host || !repository) return {};
  const directory = `packages/${name.replace("@tidings/", "")}`;
  return { repository: { type: "git", url: `git+${host}/${repository}.git`, directory } };
}

/**
 * What is published differs from what stands here in two ways. The `source` condition, which lets this workspace read
 * siblings without a build, is taken out: another workspace that uses a condition of the same name would resolve to files
 * that are not in the package. And the catalog's exact versions become ranges: what the lockfile pins for us an app must
 * be free to raise, for a mended hole in a sanitiser or to have one copy instead of two.
 */
module.exports = {
  hooks: {
    beforePacking(manifest) {
      const exports = Object.entries(manifest.exports ?? {}).map(
        ([subpath, { source: _source, ...door }]) => [subpath, door],
      );
      const dependencies = Object.entries(manifest.dependencies ?? {}).map(([name, version]) => {
        const isOurs = name.startsWith("@tidings/");
        return [name, isOurs || EXACT.includes(name) || !/^\d/.test(version) ? version : `^${version}`];
      });
      return {
        ...manifest,
        ...origin(manifest.name ?? ""),
        exports: Object.fromEntries(exports),
        ...(dependencies.length > 0 && { dependencies: Object.fromEntries(dependencies) }),
      };
    },
  },
};
