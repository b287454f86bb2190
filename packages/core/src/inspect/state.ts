import { internalsOf } from "../client/internals.ts";
import type { Client } from "../client/types.ts";
import type { CustomSchemas } from "../compose/custom.ts";
import type { ConnectionName } from "../connection/machine.ts";
import type { DeliveryStatus } from "../delivery/machine.ts";
import type { ErrorCode } from "../errors/codes.ts";
import type { CommandType } from "../protocol/commands.ts";
import type { Replica } from "../timeline/replica.ts";
import type { TimelineItem } from "../timeline/item.ts";

/** How a client stands, by ids, numbers and codes: what two runs of the same must agree in. */
export interface ClientState {
  readonly connection: ConnectionName;
  readonly userId: string | undefined;
  readonly outbox: readonly CommandState[];
  readonly conversations: readonly ConversationState[];
}

/** A command that is not settled. */
export interface CommandState {
  readonly commandId: string;
  readonly type: CommandType;
  readonly conversationId: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly code?: ErrorCode | undefined;
}

/** What a client holds of a conversation. */
export interface ConversationState {
  readonly conversationId: string;
  readonly isOpen: boolean;
  readonly epoch: string | undefined;
  /** Everything up to this revision is in what is held. */
  readonly rev: number | undefined;
  readonly head: { readonly rev: number; readonly seq: number };
  readonly missing: { readonly afterRev: number; readonly upTo: number } | undefined;
  readonly complete: boolean;
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
  readonly absent: boolean;
  readonly unread: number;
  readonly count: number;
  /** Of all items, but for their ids; the newest stand in `items`, to be read. */
  readonly digest: string;
  /** `seq.rev status marks id`, oldest first; of a hole `hole from–to`. */
  readonly items: readonly string[];
}

/** Items written out, per conversation. */
const MOST_ITEMS = 500;

/** How a client stands now. */
export function stateOf<Schemas extends CustomSchemas>(client: Client<Schemas>): ClientState {
  const { directory, userId } = internalsOf(client).core;
  return {
    connection: client.connection.get().name,
    userId: userId(),
    outbox: client.outbox.get().entries.map(({ command, status, attempts, error }) => ({
      ...{ commandId: command.commandId, type: command.type, conversationId: command.conversationId },
      ...{ status, attempts, code: error?.code },
    })),
    conversations: directory
      .all()
      .map((replica) => conversationState(replica, directory.isOpen(replica.conversationId)))
      .sort((one, other) => (one.conversationId < other.conversationId ? -1 : 1)),
  };
}

function conversationState(replica: Replica, isOpen: boolean): ConversationState {
  const { conversationId, cursor, view, unread } = replica;
  const { items, head, missing, complete, hasOlder, hasNewer, absent } = view.get();
  const all = items.slice();
  return {
    ...{ conversationId, isOpen, epoch: cursor?.epoch, rev: cursor?.rev },
    head: { rev: head.rev, seq: head.seq },
    missing: missing && { afterRev: missing.afterRev, upTo: missing.upTo },
    ...{ complete, hasOlder, hasNewer, absent, unread: unread.get() },
    ...{ count: all.length, digest: digestOf(all.map(lineOf)) },
    items: all
      .slice(-MOST_ITEMS)
      .map((item) => `${lineOf(item)} ${item.type === "message" ? item.key : ""}`.trim()),
  };
}

function lineOf(item: TimelineItem): string {
  if (item.type === "hole") return `hole ${item.fromSeq}–${item.toSeq}`;
  const { message, status, pending } = item;
  const { seq, rev, version, deletedAt } = message;
  const marks = [version > 0 && "edited", deletedAt !== undefined && "deleted", pending && "pending"];
  return [`${seq}.${rev}`, status, ...marks.filter(Boolean)].join(" ");
}

/** FNV-1a, 32 bits: tells two timelines apart, and is no secret. */
function digestOf(lines: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const line of lines) {
    for (let index = 0; index < line.length; index += 1) {
      hash = Math.imul(hash ^ line.charCodeAt(index), 0x01000193);
    }
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
