import type { ErrorCode } from "../errors/codes.ts";
import type { Transport } from "../ports/transport.ts";

/** A transport, and a backend that does as the kit says. Made for one law each, closed afterwards. */
export interface TransportBench {
  readonly transport: Transport;
  readonly backend: TransportBackend;
  /** A conversation in which the user of the link under test and somebody else are members. */
  readonly conversationId: string;
  /** What `open` succeeds with; `undefined` where there are no tokens. */
  readonly token: string | undefined;
  /** What `open` fails with, for each code the backend knows. Absent where there are no tokens. */
  readonly badTokens?: Readonly<Partial<Record<ErrorCode, string>>>;
}

/** The hand on the other side. Everything may take its time. */
export interface TransportBackend {
  /** Somebody else says this in the conversation. Resolves when it is committed, delivered or not. */
  say(text: string): unknown;
  /** Somebody else begins to type there. Needed where signals travel. */
  type?(): unknown;
  /** Somebody else has read everything there. Needed where receipts travel. */
  read?(): unknown;
  /** How many links it has. */
  links(): number | Promise<number>;
  /** Nothing it says arrives, from now until `release`; then everything does, in order. */
  hold(): unknown;
  release(): unknown;
  /** Refuses the next command for now, and, if submits are pipelined, those that come behind it in its lane. */
  refuseNext(): Refused | Promise<Refused>;
  /** The next answer arrives as something nobody can read, as from a proxy. Absent where nothing is written. */
  garbleNext?(): unknown;
  /** Breaks every link without a word. */
  cut(): unknown;
  /** Ends every link, and says why. Absent where the backend has no words for it. */
  end?(): Refused | Promise<Refused>;
  /** Stops for good. */
  close(): unknown;
}

/** A refusal as the other side has put it. */
export interface Refused {
  readonly code: ErrorCode;
  readonly retryAfterMs?: number;
}
