import { pollOf } from "@tidings/core/domain";
import {
  type MessageRecord,
  type MessageVersion,
  type NoteRecord,
  optionOf,
  type ParticipantRecord,
} from "@tidings/core/protocol";
import type { CaseRow, CaseStatus } from "./cases.ts";
import type { FileRecord } from "./files.ts";
import type { PushTargets } from "./push.ts";
import type { AuditEntry, AuditPage, AuditQuery } from "./audit.ts";

/**
 * Something kept of a person: what `traces` names and `forget` deletes or makes nobody's, and no more. It shows what
 * they said and did themselves. Of what others did to it there is nothing, as they may not be there any more to see it
 * (D8); of what others did to them, that it was done and not by whom.
 */
export type Kept =
  | ParticipantRecord
  | NoteRecord
  | KeptMessage
  | ({ readonly type: "version" } & Omit<MessageVersion, "replacedBy">)
  | {
      readonly type: "reaction";
      readonly conversationId: string;
      readonly messageId: string;
      readonly emoji: string;
    }
  | {
      /** In a poll that is not anonymous: of the others nobody learns, not from here either. */
      readonly type: "vote";
      readonly conversationId: string;
      readonly messageId: string;
      readonly option: number;
    }
  | {
      readonly type: "receipt";
      readonly conversationId: string;
      readonly deliveredSeq: number;
      readonly readSeq: number;
      readonly at: number;
    }
  | KeptFile
  | KeptAnswer
  | KeptCase
  | {
      /** A device that can be pushed to: not how, as whoever knows that can write to it. */
      readonly type: "device";
      readonly deviceId: string;
      /** Of its push service. */
      readonly origin: string;
      readonly at: number;
    }
  | ({ readonly type: "audit" } & Omit<AuditEntry, "actorId"> & Partial<Pick<AuditEntry, "actorId">>);

/** A message as its author left it. */
export type KeptMessage = Omit<
  MessageRecord,
  "rev" | "reactions" | "pinnedAt" | "pinnedBy" | "deletedAt" | "deletedBy"
>;

/** A file they uploaded, without its bytes. */
export interface KeptFile {
  readonly type: "file";
  readonly fileId: string;
  readonly conversationId: string;
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  readonly at: number;
}

/** That a command was answered, so that it is not taken again. */
export interface KeptAnswer {
  readonly type: "answer";
  readonly commandId: string;
  readonly conversationId: string;
  readonly at: number;
  /** What the command did, or the code it was refused with. */
  readonly outcome: string;
}

/** What moderators were to look at of theirs: that it was pointed at and what was decided, not by whom, nor in which words. */
export interface KeptCase {
  readonly type: "case";
  readonly conversationId: string;
  /** Absent where it is about the person as a whole. */
  readonly messageId?: string;
  readonly status: CaseStatus;
  /** Server time, ms. */
  readonly openedAt: number;
  readonly reports: number;
  readonly decidedAt?: number;
  /** What they said against it. */
  readonly appeal?: string;
}

export interface KeptPage {
  /** May be empty before the last page. */
  readonly items: readonly Kept[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** Items of one page. */
export const KEPT_AT_ONCE = 100;

/** Kinds of what is kept, in the order they are listed. */
const PARTS = [
  "participants",
  "messages",
  "versions",
  "reactions",
  "receipts",
  "notes",
  "files",
  "devices",
  "answers",
  "cases",
  "by",
  "about",
] as const;

type Part = (typeof PARTS)[number];

/** A page of one kind. @param place - `next` of the page before; empty for the first. */
export type ReadPart = (userId: string, place: string) => KeptPage | Promise<KeptPage>;

/** What a store reads itself; the audit log is the same everywhere. */
export type KeptParts = Readonly<Record<Exclude<Part, "by" | "about" | "devices">, ReadPart>>;

/** Goes through all kinds, one page of one kind at a time. */
export function keptPages(
  parts: KeptParts,
  audit: (query: AuditQuery) => AuditPage | Promise<AuditPage>,
  targets: Pick<PushTargets, "of">,
): (userId: string, after?: string) => Promise<KeptPage> {
  const readers: Readonly<Record<Part, ReadPart>> = {
    ...parts,
    ...auditParts(audit),
    devices: keptDevices(targets),
  };
  return async (userId, after = "") => {
    const at = after.indexOf(" ");
    const part = PARTS.find((each) => each === after.slice(0, at)) ?? PARTS[0];
    const { items, next } = await readers[part](userId, at === -1 ? "" : after.slice(at + 1));
    const following = PARTS[PARTS.indexOf(part) + 1];
    if (next !== undefined) return { items, next: `${part} ${next}` };
    return following === undefined ? { items } : { items, next: `${following} ` };
  };
}

/** What they did to others, and what others did to them: that it was done, not who did it. */
function auditParts(
  audit: (query: AuditQuery) => AuditPage | Promise<AuditPage>,
): Readonly<Record<"by" | "about", ReadPart>> {
  const page = (by: "actorId" | "subject", id: string, place: string): AuditPage | Promise<AuditPage> =>
    audit({ by, id, limit: KEPT_AT_ONCE, ...(place !== "" && { after: place }) });
  return {
    async by(userId, place) {
      const { items, ...rest } = await page("actorId", userId, place);
      return { ...rest, items: items.map((entry) => ({ type: "audit", ...entry })) };
    },
    async about(userId, place) {
      const { items, ...rest } = await page("subject", userId, place);
      const others = items.filter(({ actorId }) => actorId !== userId);
      return {
        ...rest,
        items: others.map(({ actorId: _actorId, ...entry }) => ({ type: "audit", ...entry })),
      };
    },
  };
}

/** A mark somebody put on a message, `message` where it is a vote; none of one that nobody learns of, or whose poll is gone. */
export function keptMark(
  { conversationId, messageId, emoji }: KeptMark,
  message: MessageRecord | undefined,
): readonly Kept[] {
  const option = optionOf(emoji);
  if (option === undefined) return [{ type: "reaction", conversationId, messageId, emoji }];
  const poll = message && pollOf(message.content);
  if (!poll || poll.anonymous) return [];
  return [{ type: "vote", conversationId, messageId, option }];
}

export interface KeptMark {
  readonly conversationId: string;
  readonly messageId: string;
  readonly emoji: string;
}

export function keptMessage(record: MessageRecord): KeptMessage {
  const { rev: _rev, reactions: _reactions, pinnedAt: _at, pinnedBy: _by, ...said } = record;
  return said;
}

export function keptFile({
  fileId,
  conversationId,
  name,
  mediaType,
  size,
  createdAt: at,
}: FileRecord): KeptFile {
  return { type: "file", fileId, conversationId, name, mediaType, size, at };
}

export function keptVersion({ replacedBy: _by, ...version }: MessageVersion): Kept {
  return { type: "version", ...version };
}

export function keptCase(row: CaseRow): KeptCase {
  return {
    ...{ type: "case", conversationId: row.conversation_id },
    ...(row.message_id !== "" && { messageId: row.message_id }),
    ...{ status: row.status, openedAt: row.opened_at, reports: row.reports },
    ...(row.decided_at !== null && { decidedAt: row.decided_at }),
    ...(row.appeal !== null && { appeal: row.appeal }),
  };
}

/** There are few of them: one page. */
function keptDevices(targets: Pick<PushTargets, "of">): ReadPart {
  return async (userId) => ({
    items: (await targets.of(userId)).map(({ deviceId, endpoint, at }) => ({
      ...{ type: "device", deviceId, origin: new URL(endpoint).origin, at },
    })),
  });
}

/** Of votes there is none: it would tell who took part in an anonymous poll. */
export function keptAnswer(
  row: Omit<KeptAnswer, "type" | "outcome">,
  answer: { readonly code: string } | { readonly kind: string },
): readonly KeptAnswer[] {
  const outcome = "code" in answer ? answer.code : answer.kind;
  return outcome === "poll.vote" ? [] : [{ type: "answer", ...row, outcome }];
}
