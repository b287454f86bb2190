/** `@tidings/core/search`: looks for messages on the device and at the backend. Only those who import it ship it. */
export type { Highlight, SearchFeature, SearchFilter } from "../../protocol/search.ts";
export { createSearch } from "./create-search.ts";
export type {
  BackendSearch,
  SearchMatch,
  MessageSearch,
  MessageSearchOptions,
  SearchState,
} from "./types.ts";
