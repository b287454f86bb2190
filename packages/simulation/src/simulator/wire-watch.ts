import type { Apart } from "./apart.ts";
import type { Account, Ledger } from "./ledger.ts";

/** Holds every byte the server writes against what its reader may know (D8), and against what is durable (D1). */
export interface WireWatch {
  asked(device: string, text: string): void;
  wrote(device: string, userId: string, text: string): void;
}

export interface WireWatchOptions {
  readonly ledger: Ledger;
  readonly apart: Pick<Apart, "areApart">;
  readonly now: () => number;
  readonly violate: (law: string, what: string) => void;
}

type Fields = Readonly<Record<string, unknown>>;

/** What was read before a member went may still be on its way out; ms. */
const GRACE_MS = 2_000;

export function watchWire({ ledger, apart, now, violate }: WireWatchOptions): WireWatch {
  /** Which conversation a query was about, by device and request. */
  const subjects = new Map<string, string>();

  const mayKnow = (userId: string, conversationId: string): boolean =>
    wasInSince(ledger.account(conversationId), userId, now() - GRACE_MS);

  const refuse = (userId: string, what: string): void => violate("D8", `${userId} is told ${what}`);

  const change = (userId: string, { conversationId, rev }: Fields): void => {
    if (String(conversationId).startsWith("~/")) {
      // Its first change makes it, and whoever it is made for is in it from the next.
      if (conversationId !== `~/${userId}`)
        refuse(userId, `what somebody noted in ${String(conversationId)}`);
    } else if (!wasInAt(ledger.account(String(conversationId)), userId, Number(rev)))
      refuse(userId, `change ${String(rev)} of ${String(conversationId)}, and was not in at it`);
  };

  const about = (userId: string, kind: string, conversationId: unknown): void => {
    if (!mayKnow(userId, String(conversationId))) refuse(userId, `a ${kind} of ${String(conversationId)}`);
  };

  const receipt = (userId: string, { conversationId, userId: ofId }: Fields): void => {
    about(userId, "receipt", conversationId);
    if (apart.areApart(userId, String(ofId)))
      refuse(userId, `how far ${String(ofId)} has read, from whom a block parts them`);
  };

  const result = (device: string, userId: string, { id, result: found }: Fields): void => {
    const subject = subjects.get(`${device} ${String(id)}`);
    if (subject !== undefined) about(userId, "result", subject);
    const { items } = fieldsOf(found);
    for (const item of Array.isArray(items) ? items : []) {
      const { conversation, readSeq } = fieldsOf(item);
      if (readSeq !== undefined) receipt(userId, fieldsOf(item));
      if (conversation) about(userId, "summary", fieldsOf(conversation)["conversationId"]);
    }
  };

  /** That somebody goes, or stops, says nothing. */
  const signal = (userId: string, { conversationId, userId: ofId, status, active }: Fields): void => {
    if (conversationId !== undefined) about(userId, "signal", conversationId);
    const isSeen = active === true || status === "online" || status === "away";
    if (isSeen && apart.areApart(userId, String(ofId)))
      refuse(userId, `what ${String(ofId)} does, from whom a block parts them`);
  };

  const ack = (userId: string, { commandId }: Fields): void => {
    const id = String(commandId);
    // A mark that changes nothing is acked and leaves nothing behind; so is a command that had no effect.
    if (!ledger.has(id) && !ledger.lost.has(id))
      violate("D1", `${userId} got an ack for ${id}, which is not durable`);
  };

  return {
    asked(device, text) {
      for (const { type, id, query } of framesOf(text)) {
        if (type !== "query") continue;
        const { conversationId, type: about } = fieldsOf(query);
        if (typeof conversationId === "string" && !isOnOwnFile(about))
          subjects.set(`${device} ${String(id)}`, conversationId);
        else subjects.delete(`${device} ${String(id)}`);
      }
    },
    wrote(device, userId, text) {
      for (const frame of framesOf(text)) {
        switch (frame["type"]) {
          case "change":
            change(userId, fieldsOf(frame["change"]));
            break;
          case "ack":
            ack(userId, fieldsOf(frame["ack"]));
            break;
          case "receipt":
            receipt(userId, fieldsOf(frame["receipt"]));
            break;
          case "signal": {
            signal(userId, fieldsOf(frame["signal"]));
            break;
          }
          case "result":
            result(device, userId, frame);
            break;
          case "welcome":
          case "pong":
            for (const head of headsOf(frame)) about(userId, "head", fieldsOf(head)["conversationId"]);
            break;
        }
      }
    },
  };
}

/** Of that nobody learns anything but who asks; and it may take as long as the bytes are far away. */
function isOnOwnFile(query: unknown): boolean {
  return String(query).startsWith("file.") && query !== "file.download";
}

/** At the very change, or right before it: whoever goes out is told so. */
function wasInAt({ presences }: Account, userId: string, rev: number): boolean {
  const known = presences.get(userId) ?? [];
  const at = (upTo: number): boolean => known.findLast((each) => each.rev <= upTo)?.isIn === true;
  return at(rev) || at(rev - 1);
}

function wasInSince({ presences }: Account, userId: string, sinceMs: number): boolean {
  const known = presences.get(userId) ?? [];
  const last = known.at(-1);
  return last !== undefined && (last.isIn || (last.atMs >= sinceMs && known.length > 1));
}

function headsOf({ heads, welcome }: Fields): readonly unknown[] {
  const found = heads ?? fieldsOf(welcome)["heads"];
  return Array.isArray(found) ? found : [];
}

function framesOf(text: string): readonly Fields[] {
  const parsed: unknown = JSON.parse(text);
  return Array.isArray(parsed) ? parsed.map(fieldsOf) : [fieldsOf(parsed)];
}

function fieldsOf(value: unknown): Fields {
  return Object(value);
}
