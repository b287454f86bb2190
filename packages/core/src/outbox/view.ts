import type { Entry } from "./entry.ts";
import type { OutboxView } from "./types.ts";

/** What waits, is out and has failed, as copies that stay as they are. */
export function viewOf(entries: Iterable<Entry>): OutboxView {
  const all = Array.from(entries, ({ shown }) => shown);
  const failed = all.filter(({ status }) => status === "failed").length;
  return { entries: all, waiting: all.length - failed, failed };
}
