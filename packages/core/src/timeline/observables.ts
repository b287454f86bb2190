import type { Lazy, Scope } from "../base/observable.ts";
import { isSameList } from "../base/same-list.ts";
import { isIn } from "../domain/standing.ts";
import type { NoteRecord } from "../protocol/notes.ts";
import type { Receipt } from "../protocol/receipts.ts";
import type { ConversationRecord, ParticipantRecord } from "../protocol/records.ts";
import { countUnread } from "./unread.ts";
import { isSameView, type ReplicaView, type Shown, viewOf } from "./view.ts";

/** As `Replica` has them, but to be invalidated. */
export interface Observables {
  readonly view: Lazy<ReplicaView>;
  readonly conversation: Lazy<ConversationRecord | undefined>;
  readonly members: Lazy<readonly ParticipantRecord[]>;
  readonly receipts: Lazy<readonly Receipt[]>;
  readonly notes: Lazy<readonly NoteRecord[]>;
  readonly unread: Lazy<number>;
}

/** What of a replica can be watched, computed when it is read. */
export function createObservables(scope: Scope, now: () => Shown): Observables {
  let latest: ReplicaView | undefined;
  return {
    view: scope.lazy(() => (latest = viewOf(now(), latest)), isSameView),
    conversation: scope.lazy(() => {
      const { confirmed, overlay, reading } = now();
      const record = overlay.conversation ?? confirmed.conversation;
      return record && reading.conversation(record);
    }),
    members: scope.lazy(
      () => membersOf([...now().confirmed.participants, ...now().overlay.participants]),
      isSameList,
    ),
    notes: scope.lazy(
      () =>
        [...new Map([...now().confirmed.notes.byId, ...now().overlay.notes]).values()].filter(
          ({ value }) => value,
        ),
      isSameList,
    ),
    receipts: scope.lazy(() => [...now().confirmed.receipts.values()], isSameList),
    unread: scope.lazy(() => countUnread(now().confirmed, readSeqOf(now()), now().reader)),
  };
}

/** How far the reader has read, as shown. */
export function readSeqOf({ confirmed, overlay, reader }: Shown): number {
  return Math.max(confirmed.receipts.get(reader)?.readSeq ?? 0, overlay.readSeq);
}

/** The later entry of the same person counts. */
function membersOf(entries: readonly (readonly [string, ParticipantRecord])[]): readonly ParticipantRecord[] {
  return [...new Map(entries).values()]
    .filter(isIn)
    .sort((one, other) => one.joinedAt - other.joinedAt || (one.userId < other.userId ? -1 : 1));
}
