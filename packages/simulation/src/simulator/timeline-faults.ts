import type { TimelineItem } from "@tidings/core";
import { floorOf } from "./keeping.ts";
import type { Account } from "./ledger.ts";

/** Each message once, by place, holes where something is missing, what is pending last. */
export function* orderFaults(items: readonly TimelineItem[]): Generator<string> {
  const keys = new Set<string>();
  let next: number | undefined;
  let isTail = false;
  for (const item of items) {
    if (keys.has(item.key)) yield `${item.key} is shown twice`;
    keys.add(item.key);
    const from = item.type === "hole" ? item.fromSeq : item.message.seq;
    if (from === 0) isTail = true;
    else if (isTail) yield `${item.key} stands behind a pending message`;
    else if (next !== undefined && from !== next) yield `after ${next - 1} comes ${from}`;
    if (from > 0) next = (item.type === "hole" ? item.toSeq : from) + 1;
  }
}

/** A timeline that calls itself complete shows everything as it was when the conversation was at its head. */
export function* gapFaults(
  items: readonly TimelineItem[],
  head: { readonly rev: number; readonly seq: number },
  hasOlder: boolean,
  account: Account,
): Generator<string> {
  if (head.rev > account.changes.length)
    return yield `its head ${head.rev} is beyond ${account.changes.length}`;
  const shown = items.filter((item) => item.type === "message" && item.message.seq > 0);
  const last = shown.at(-1);
  const newest = last?.type === "message" ? last.message.seq : 0;
  const isEmpty = shown.length === 0 && (hasOlder || floorOf(account) > head.seq);
  if (newest !== head.seq && !isEmpty)
    yield `it says that it is complete up to ${head.seq}, and shows ${newest}`;
  for (const item of shown) {
    if (item.type !== "message" || item.pending) continue;
    const { id, seq, rev } = item.message;
    if (account.order[seq - 1] !== id) yield `at ${seq} it shows ${id} instead of ${account.order[seq - 1]}`;
    const expected = account.messageAt(id, head.rev)?.rev;
    if (rev !== expected)
      yield `it says that it is complete up to revision ${head.rev}, and shows ${id} as of ${rev} instead of ${expected}`;
  }
}
