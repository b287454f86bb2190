/** The folder of the repository. */
export const root: URL = new URL("../../../../", import.meta.url);
