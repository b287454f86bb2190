/** Archives of what a server keeps, for those who write them or look through them: `docs/spec/export.md`. */
export { archiveText } from "./write-archive.ts";
export { type CheckOptions, checkArchive } from "./import-archive.ts";
export type { FilePlace, FileScope, HeaderLine } from "./lines.ts";
export type { ReadProgress } from "./read-archive.ts";
