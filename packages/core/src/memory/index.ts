/** A chat with no server: storage and backend in memory. */
export { memoryStorage } from "./storage.ts";
