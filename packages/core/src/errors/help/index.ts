/** `@tidings/core/errors/help`: the pages of `docs/errors.md` as data, for consoles and tools. */
export { type ErrorHelp, helpFor } from "./help-for.ts";
