/**
 * Where WebSockets do not get through, a link is made of HTTP exchanges: a request carries what the client says and how
 * far it has heard, its answer what the server says and how far it has. `docs/protocol.md` has the rules.
 *
 * A body is a line with the head, as JSON, and then a line for each message: what a WebSocket message would hold. JSON
 * as it is written here has no line breaks of its own, so nothing is escaped, and nothing read twice.
 */
interface ExchangeHead {
  /** The number of the first message not known to have arrived; what follows begins with it. Each side counts from 1. */
  readonly first: number;
  /** Up to which number the other side's messages have arrived. */
  readonly seen: number;
}

export interface LinkRequest extends ExchangeHead {
  /** Known to both ends of this link only. */
  readonly key: string;
  /** Begins a link, unless it has begun. */
  readonly opens?: boolean;
  /** How long the answer may wait for something to say. 0: it says only how far the server has heard. */
  readonly waitMs: number;
  /** A close code: the last word of the client. */
  readonly closes?: number;
}

export interface LinkAnswer extends ExchangeHead {
  /** A close code: the link ended with the messages that follow. */
  readonly closed?: number;
}

/** A head, and the messages under it. */
export interface Exchange<Head> {
  readonly head: Head;
  readonly messages: readonly string[];
}

export function formatExchange(head: LinkRequest | LinkAnswer, messages: readonly string[] = []): string {
  return [JSON.stringify(head), ...messages].join("\n");
}

/** `undefined` if it is none. */
export function parseLinkRequest(body: string): Exchange<LinkRequest> | undefined {
  return parse(body, (head): head is Fields & LinkRequest => {
    const { key, opens = false, waitMs, closes = 0 } = head;
    return typeof key === "string" && typeof opens === "boolean" && isCount(waitMs) && isCount(closes);
  });
}

/** `undefined` if it is none: a page of somebody in between. */
export function parseLinkAnswer(body: string): Exchange<LinkAnswer> | undefined {
  return parse(body, (head): head is Fields & LinkAnswer => isCount(head["closed"] ?? 0));
}

type Fields = Readonly<Record<string, unknown>>;

function parse<Head extends object>(
  body: string,
  isHead: (fields: Fields) => fields is Fields & Head,
): Exchange<Head> | undefined {
  const [line = "", ...messages] = body.split("\n");
  const head: Fields = Object(readJson(line));
  return isCount(head["first"]) && isCount(head["seen"]) && isHead(head) ? { head, messages } : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
