/** `@tidings/core/search`: looks for messages on the device and at the backend. Only those who import it ship it. */
export type { Highlight, SearchFeature, SearchFilter } from "../../protocol/search.ts";
export { createSearch } from "./create-search.ts";
export type { SearchResult, SearchTask, SearchWorker } from "./index-host.ts";
export { searchInWorker } from "./kept.ts";
export type { Sought } from "./word-index.ts";
export type {
  BackendSearch,
  KeptProgress,
  SearchMatch,
  MessageSearch,
  MessageSearchOptions,
  SearchState,
} from "./types.ts";
