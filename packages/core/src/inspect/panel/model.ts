import type { LinkEvent } from "../../ports/transport.ts";
import type { RecordedEntry } from "../recording.ts";

/** What became of one command. */
export interface Life {
  readonly commandId: string;
  readonly type: string;
  readonly conversationId: string;
  readonly steps: readonly LifeStep[];
}

export interface LifeStep {
  readonly status: string;
  readonly at: number;
  readonly code?: string | undefined;
}

/** Something that went over a port. */
export interface Crossing {
  readonly key: number;
  readonly at: number;
  readonly direction: "in" | "out";
  readonly what: string;
  readonly size?: number | undefined;
  readonly tookMs?: number | undefined;
  readonly code?: string | undefined;
  readonly link?: number | undefined;
}

export interface GapSeen {
  readonly conversationId: string;
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly repairedAt?: number | undefined;
}

/** Of the token that is in use: never the token. */
export interface TokenSeen {
  readonly at: number;
  readonly length: number | undefined;
  readonly expiresAt?: number | undefined;
  readonly code?: string | undefined;
}

/** What the panel shows, out of a recording; bounded, whatever its length. */
export interface Model {
  take(entry: RecordedEntry): void;
  /** Newest first. */
  readonly lives: readonly Life[];
  readonly frames: readonly Crossing[];
  readonly storage: readonly Crossing[];
  readonly gaps: readonly GapSeen[];
  readonly token: TokenSeen | undefined;
}

/** Of each kind so many are kept; the oldest go (D9). */
const MOST_LIVES = 400;
const MOST_CROSSINGS = 400;
const MOST_GAPS = 50;

type Ask = Extract<RecordedEntry, { readonly type: "ask" }>;

export function createModel(): Model {
  const lives = new Map<string, Life>();
  const named = new Map<string, Pick<Life, "type" | "conversationId">>();
  const [frames, storage, gaps]: [Crossing[], Crossing[], GapSeen[]] = [[], [], []];
  const asked = new Map<number, Ask>();
  let token: TokenSeen | undefined;
  let keys = 0;

  const cross = (list: Crossing[], crossing: Omit<Crossing, "key">): void => {
    list.push({ key: ++keys, ...crossing });
    if (list.length > MOST_CROSSINGS) list.shift();
  };

  const ask = (entry: Ask): void => {
    asked.set(entry.id, entry);
    const { at, call, key, size, link, port } = entry;
    if (port === "storage" || port === "auth") return; // their answers say it all
    cross(frames, { at, direction: "out", what: `${call} ${shortKey(key)}`.trim(), size, link });
  };

  const answer = ({
    id,
    at,
    tookMs,
    size,
    value,
    error,
  }: Extract<RecordedEntry, { readonly type: "answer" }>): void => {
    const question = asked.get(id);
    asked.delete(id);
    if (!question) return;
    const { port, call, key, link } = question;
    const told = { at, direction: "in" as const, tookMs, code: error?.code, link };
    if (port === "auth")
      token = { at, length: typeof value === "number" ? value : undefined, code: error?.code };
    else if (port === "storage")
      cross(storage, { ...told, what: `${call} ${key}`.trim(), size: question.size });
    else cross(frames, { ...told, what: `${call} ${shortKey(key)}`.trim(), size });
    if (call === "refresh" && typeof value === "number") expires(at, value);
  };

  const expires = (at: number, inMs: number): void => {
    token = { at, length: token?.length, expiresAt: at + inMs };
  };

  const hear = ({ at, link, size, events }: Extract<RecordedEntry, { readonly type: "heard" }>): void => {
    cross(frames, { at, direction: "in", what: events.map(eventName).join(", "), size, link });
    for (const event of events) {
      if (event.type === "welcome" && event.welcome.tokenExpiresInMs !== undefined)
        expires(at, event.welcome.tokenExpiresInMs);
    }
  };

  const move = ({
    commandId,
    status,
    at,
    code,
  }: Extract<RecordedEntry, { readonly type: "delivery" }>): void => {
    const before = lives.get(commandId);
    const { type = "command", conversationId = "" } = before ?? named.get(commandId) ?? {};
    const last = before?.steps.at(-1);
    if (last?.status === status && last.code === code) return;
    lives.set(commandId, {
      commandId,
      type,
      conversationId,
      steps: [...(before?.steps ?? []), { status, at, code }],
    });
    named.delete(commandId);
    const [oldest] = lives.keys();
    if (lives.size > MOST_LIVES && oldest !== undefined) lives.delete(oldest);
  };

  const gap = ({
    conversationId,
    afterRev,
    upTo,
    at,
  }: Extract<RecordedEntry, { readonly type: "gap" }>): void => {
    const index = gaps.findLastIndex((each) => each.conversationId === conversationId && !each.repairedAt);
    const open = gaps[index];
    if (afterRev === undefined) {
      if (open) gaps[index] = { ...open, repairedAt: at };
      return;
    }
    const seen = { conversationId, at: open?.at ?? at, from: afterRev + 1, to: upTo ?? afterRev + 1 };
    if (open) gaps[index] = seen;
    else gaps.push(seen);
    if (gaps.length > MOST_GAPS) gaps.shift();
  };

  return {
    take(entry) {
      if (entry.type === "command") named.set(entry.command.commandId, entry.command);
      if (entry.type === "ask") ask(entry);
      if (entry.type === "answer") answer(entry);
      if (entry.type === "heard") hear(entry);
      if (entry.type === "said") {
        const { at, link, signal } = entry;
        cross(frames, { at, direction: "out", what: signal ? `signal ${signal.type}` : "close", link });
      }
      if (entry.type === "delivery") move(entry);
      if (entry.type === "gap") gap(entry);
    },
    get lives() {
      return [...lives.values()].reverse();
    },
    get frames() {
      return frames.toReversed();
    },
    get storage() {
      return storage.toReversed();
    },
    get gaps() {
      return gaps.toReversed();
    },
    get token() {
      return token;
    },
  };
}

const UUID = /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{6}([\da-f]{6})\b/g;

/** Ids of commands by their last digits: what comes before is mostly time. */
export function shortKey(text: string): string {
  return text.replaceAll(UUID, "…$1");
}

function eventName(event: LinkEvent): string {
  if (event.type === "change")
    return `${event.change.kind} ${event.change.conversationId} #${event.change.rev}`;
  if (event.type === "signal") return `signal ${event.signal.type}`;
  return event.type === "closed" ? `closed (${event.reason.code})` : event.type;
}
