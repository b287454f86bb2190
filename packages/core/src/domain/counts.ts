import type { AnyRecord } from "../protocol/records.ts";
import { isIn } from "./standing.ts";
import type { RecordCounts } from "./types.ts";

/** The counts after a record changed from `before` (absent: it is new) to `after`; whoever keeps `Records` needs it. */
export function recount(counts: RecordCounts, before: AnyRecord | undefined, after: AnyRecord): RecordCounts {
  const was = before ? weigh(before) : none;
  const is = weigh(after);
  if (was === is) return counts;
  return {
    members: counts.members + is.members - was.members,
    owners: counts.owners + is.owners - was.owners,
    pins: counts.pins + is.pins - was.pins,
  };
}

const none: RecordCounts = { members: 0, owners: 0, pins: 0 };
const member: RecordCounts = { members: 1, owners: 0, pins: 0 };
const owner: RecordCounts = { members: 1, owners: 1, pins: 0 };
const pin: RecordCounts = { members: 0, owners: 0, pins: 1 };

function weigh(record: AnyRecord): RecordCounts {
  if (record.type === "message") return record.pinnedAt === undefined ? none : pin;
  if (record.type === "note") return record.value ? pin : none;
  if (record.type === "conversation" || !isIn(record)) return none;
  return record.role === "owner" ? owner : member;
}
