import * as z from "zod";

/** What connections may take of the server (D9). */
export interface ServerBounds {
  /** Connections in all. Default 10 000. */
  readonly connections?: number | undefined;
  /** Default 1 000. */
  readonly connectionsPerAddress?: number | undefined;
  /** Default 100. */
  readonly linksPerUser?: number | undefined;
  /** Frames a link may send per second, in the long run. Default 100. */
  readonly framesPerSecond?: number | undefined;
  /** … and at once. Default 1 000. */
  readonly frameBurst?: number | undefined;
  /** Requests a user, or a service key, may make over HTTP per second. Default 100; twice as many at once. */
  readonly requestsPerSecond?: number | undefined;
  /** … and one address, signed in or not; of all nodes together, as those of users are. Default 1 000. */
  readonly requestsPerSecondPerAddress?: number | undefined;
  /** What a link may leave unread before it is closed with `connection/slow`. Default 4 MiB. */
  readonly backlogBytes?: number | undefined;
  /** Default 10 s. */
  readonly helloTimeoutMs?: number | undefined;
  /** How long a link over HTTP lives that its client asks for nothing. Default 30 s. */
  readonly unpolledMs?: number | undefined;
  /** How long a link may outlive its token, to renew it. Default 10 s. */
  readonly tokenGraceMs?: number | undefined;
  /** How long answers are remembered for commands that come again; sent messages are for ever. Default 30 days. */
  readonly answerRetentionMs?: number | undefined;
  /** How long entries of the audit log are kept. Default two years. */
  readonly auditRetentionMs?: number | undefined;
}

/** With all of them there. */
export type Defaulted<Options> = { readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined> };

const amount = z.int().positive();
const duration = z.int().nonnegative();

export const bounds: z.ZodType<Defaulted<ServerBounds>, ServerBounds | undefined> = z.strictObject({
  connections: amount.default(10_000),
  connectionsPerAddress: amount.default(1_000),
  linksPerUser: amount.default(100),
  framesPerSecond: amount.default(100),
  frameBurst: amount.default(1_000),
  requestsPerSecond: amount.default(100),
  requestsPerSecondPerAddress: amount.default(1_000),
  backlogBytes: amount.default(4 * 1_024 * 1_024),
  helloTimeoutMs: duration.default(10_000),
  unpolledMs: duration.default(30_000),
  tokenGraceMs: duration.default(10_000),
  answerRetentionMs: duration.default(30 * 86_400_000),
  auditRetentionMs: duration.default(730 * 86_400_000),
});
